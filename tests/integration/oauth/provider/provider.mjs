// A real OpenID Connect provider for the tests, over https on a free port of the loopback:
//
//   node provider.mjs CERTIFICATE KEY REDIRECT_URI SECRET
//
// Says "listening PORT" when it does. Takes commands by line: "rotate" signs with new keys from now on and answers
// "rotated". Ends with its standard input. Anybody signs in as whoever they say they are.

import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

console.info = console.error;  // the library's notices; standard output is the test's

const [certificate, key, redirectUri, secret] = process.argv.slice(2);

const keys = () => [
  ['rsa', { modulusLength: 2048 }],
  ['ec', { namedCurve: 'P-256' }],
  ['ed25519', {}],
].map(([type, options]) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), use: 'sig',
}));

// A client for each algorithm, and one without a secret.
const clients = ['RS256', 'PS256', 'ES256', 'EdDSA'].map((algorithm) => ({
  client_id: `causeway-${algorithm}`,
  client_secret: secret,
  redirect_uris: [redirectUri],
  id_token_signed_response_alg: algorithm,
}));
clients.push({ client_id: 'causeway-public', redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' });

const make = (issuer) => new Provider(issuer, {
  clients,
  jwks: { keys: keys() },
  cookies: { keys: [secret] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username', 'picture'] },
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: `${id}@example.org`,
      email_verified: true,
      name: `${id} Lovelace`,
      preferred_username: id,
      picture: `https://avatars.example/${id}.png`,
    }),
  }),
});

let provider;
const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  provider.callback()(request, response);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const issuer = `https://127.0.0.1:${port}`;
  provider = make(issuer);
  // Attempts, sessions and grants stay: the library keeps them beside the provider.
  createInterface({ input: process.stdin }).on('line', (command) => {
    if (command === 'rotate') {
      provider = make(issuer);
      console.log('rotated');
    }
  }).on('close', () => process.exit());
  console.log(`listening ${port}`);
});
