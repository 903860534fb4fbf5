// A real OpenID Connect provider in a process of its own, for tests: anybody may sign in under any name. Prints its issuer, then waits for the
// address that browsers come back to.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

/** What is known of somebody: their name says which groups they are in, `support+ops@anna`. */
function accountOf(sub) {
  const [groups, name] = sub.includes('@') ? sub.split('@') : ['', sub];
  const claims = { sub, name, email: `${name}@shop.example`, email_verified: !name.startsWith('unverified') };
  return { accountId: sub, claims: () => ({ ...claims, groups: groups.split('+').filter(Boolean) }) };
}

function provider(issuer, redirectUri) {
  return new Provider(issuer, {
    clients: [{ client_id: 'retune', client_secret: 'a-secret-of-the-client', redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    findAccount: (_, sub) => accountOf(sub),
    cookies: { keys: ['for this test only'] },
    pkce: { required: () => true },
  });
}

let answer = (_request, response) => response.writeHead(503).end();
const server = createServer((request, response) => answer(request, response));
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  process.on('message', ({ redirectUri }) => {
    answer = provider(issuer, redirectUri).callback();
    process.send({ ready: true });
  });
  process.on('disconnect', () => process.exit(0));
  process.send({ issuer });
});
