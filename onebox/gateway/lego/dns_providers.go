// Package dns is what Traefik gets instead of lego's package of the same name (build.conf): no provider.
package dns

import (
	"fmt"

	"github.com/go-acme/lego/v4/challenge"
)

// NewDNSChallengeProviderByName refuses every name.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, fmt.Errorf("this Traefik has no DNS providers, %q among them: let cert-manager answer DNS challenges, or name the challenge http or tls", name)
}
