// An OpenID Connect provider on loopback: `node oidc.mjs PORT REDIRECT_URI`. It says `ready` once it listens.
// Whoever logs in is in the group that is named like them; access tokens for payoff-api are JWTs.
import { Provider } from 'oidc-provider';

const [port, redirect] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const hour = 3600;

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'payoff',
    client_secret: 'a-secret-of-thirty-two-characters',
    redirect_uris: [redirect],
    post_logout_redirect_uris: [redirect],
    grant_types: ['authorization_code', 'client_credentials'],
    response_types: ['code'],
  }],
  claims: { openid: ['sub'], email: ['email'], profile: ['name', 'groups'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['of-this-test-only'] },
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx) => ctx.oidc.params.resource,
      getResourceServerInfo: (ctx, resource) => ({
        scope: 'read', audience: resource.replace('urn:', ''), accessTokenFormat: 'jwt', accessTokenTTL: hour,
      }),
      useGrantedResource: () => true,
    },
  },
  ttl: { AccessToken: hour, IdToken: hour, Session: hour, Grant: hour, Interaction: hour },
  extraTokenClaims: () => ({ groups: ['viewers'] }),
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `${id} of the tests`, email: `${id}@example.org`, groups: [id] }),
  }),
});

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
