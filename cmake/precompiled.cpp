// The program whose flags the precompiled header is made with (CausewayModule).
