// Signing in through a real OpenID Connect provider (oidc-provider, in a process of its own), as a browser does it: redirects, forms, cookies.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describeInBrowser, openBrowser } from '../support/browser.js';
import { FIRST_PASSWORD, people } from '../support/people.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { restClient, type Json } from '../support/rest.js';
import { startService, type ServiceUnderTest } from '../support/service.js';

const STEPS_MAX = 20;
let postgres: TestPostgres;
let provider: ChildProcess;
let service: ServiceUnderTest;

beforeAll(async () => {
  provider = fork(resolve('test/support/oidc-provider.process.mjs'), [], {
    env: { ...process.env, NODE_OPTIONS: '' },
    silent: true,
  });
  const [{ issuer }] = (await once(provider, 'message')) as [{ issuer: string }];
  postgres = await startPostgres();
  service = await startService({
    ...{ DATABASE_URL: postgres.url, ADMIN_PASSWORD: FIRST_PASSWORD, RETUNE_ROLES: 'web' },
    ...{ OIDC_ISSUER: issuer, OIDC_CLIENT_SECRET: 'a-secret-of-the-client', OIDC_NAME: 'Shop login' },
    ...{ OIDC_ROLE_CLAIM: 'groups', OIDC_ROLES: 'support=agent:demo,ops=operator:demo,nowhere=admin:gone' },
  });
  provider.send({ redirectUri: `${service.url}/api/v1/sessions/oidc/callback` });
  await once(provider, 'message');
}, 240_000);

afterAll(async () => {
  provider?.kill();
  await service?.stop();
  await postgres?.remove();
});

/** A browser without a screen: keeps cookies by site and path, follows redirects, fills in forms. */
class Browser {
  private readonly jar = new Map<string, string>();

  async open(url: string, form?: Record<string, string>): Promise<Response> {
    const body = form && new URLSearchParams(form);
    const headers = { cookie: this.cookies(url) };
    const response = await fetch(url, { method: form ? 'POST' : 'GET', body, headers, redirect: 'manual' });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = '', rest = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(set) ?? [];
      const path = /path=([^;]+)/i.exec(rest)?.[1] ?? '/';
      this.jar.set(`${new URL(url).host} ${path} ${name}`, value);
    }
    return response;
  }

  /** Cookies for an address, as a browser sends them. */
  cookies(url: string): string {
    const { host, pathname } = new URL(url);
    return [...this.jar]
      .filter(
        ([key, value]) => key.startsWith(`${host} `) && pathname.startsWith(key.split(' ')[1] ?? '/') && value !== '',
      )
      .map(([key, value]) => `${key.split(' ')[2]}=${value}`)
      .join('; ');
  }

  /** Signs in under a name. @param change alters an address before it is opened. @returns where the browser ends up at the service */
  async signIn(login: string, change = (url: string) => url): Promise<string> {
    let at = `${service.url}/api/v1/sessions/oidc`;
    let response = await this.open(at);
    for (let step = 0; step < STEPS_MAX; step++) {
      const location = response.headers.get('location');
      if (location) {
        at = change(new URL(location, at).href);
        if (at.startsWith(`${service.url}/console`)) return at;
        response = await this.open(at);
        continue;
      }
      const html = await response.text();
      const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1];
      const action = /action="([^"]+)"/.exec(html)?.[1];
      if (!prompt || !action) throw new Error(`No form at ${at} (${response.status}): ${html.slice(0, 500)}`);
      at = new URL(action, at).href;
      response = await this.open(at, { prompt, ...(prompt === 'login' && { login, password: 'any' }) });
    }
    throw new Error(`The sign-in did not end; it is at ${at}.`);
  }

  /** Renews the access token by the cookie, as the console does. */
  async me(): Promise<{ status: number; body: Json; token?: string }> {
    const rest = restClient(service.url);
    const path = '/api/v1/sessions/refresh';
    const headers = { 'x-retune-request': '1', cookie: this.cookies(`${service.url}${path}`) };
    const renewed = await rest.post<{ accessToken?: string }>(path, { headers });
    if (!renewed.body.accessToken) return { status: renewed.status, body: {} };
    const { status, body } = await rest.get('/api/v1/me', { token: renewed.body.accessToken });
    return { status, body, token: renewed.body.accessToken };
  }
}

describeInBrowser('in the console', () => {
  it('the second button leads to the provider and back, signed in', async () => {
    const chromium = await openBrowser();
    try {
      const page = await chromium.newPage();
      await page.goto(`${service.url}/console`);
      await page.getByRole('link', { name: 'Sign in with Shop login' }).click();
      await page.locator('[name=login]').fill('support@otto');
      await page.locator('[name=password]').fill('any');
      await page.locator('[type=submit]').click();
      // The provider asks whether it may tell us who they are.
      await page.locator('[name=prompt][value=consent]').waitFor({ state: 'attached' });
      await page.locator('[type=submit]').click();
      await page.getByRole('button', { name: 'otto' }).waitFor();
    } finally {
      await chromium.close();
    }
  }, 60_000);

  it('a refusal is said in our words, whatever the address says', async () => {
    const chromium = await openBrowser();
    try {
      const page = await chromium.newPage();
      await page.goto(`${service.url}/console?refused=access.oidc_unverified`);
      await page.getByText('The identity provider has not verified your e-mail address.').waitFor();
    } finally {
      await chromium.close();
    }
  }, 60_000);
});

describe('signing in through an identity provider', () => {
  it('is offered by its name', async () => {
    const { body } = await restClient(service.url).get('/api/v1/sign-in');
    expect(body).toEqual({ password: true, oidc: { name: 'Shop login' } });
  });

  it('makes an account with the roles that the groups give, and keeps them in step', async () => {
    const browser = new Browser();
    expect(await browser.signIn('support@anna')).toBe(`${service.url}/console`);
    const { status, body } = await browser.me();
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({
        user: expect.objectContaining({ email: 'anna@shop.example', name: 'anna', hasPassword: false }),
        roles: [{ assistant: 'demo', role: 'agent' }],
      }),
    ]);
    // Somebody else at the provider, with the same verified address: not the same person.
    const second = new Browser();
    expect(await second.signIn('ops@anna')).toContain('refused=access.oidc_no_account');
  });

  it('links an account that an administrator made, by the verified address', async () => {
    const { person } = people(service.url);
    await person('Linus', [{ assistant: 'demo', role: 'agent' }]);
    const browser = new Browser();
    expect(await browser.signIn('support+ops@linus')).toBe(`${service.url}/console`);
    expect((await browser.me()).body).toMatchObject({
      user: { name: 'Linus' },
      roles: [{ assistant: 'demo', role: 'operator' }],
    });
  });

  it('lets nobody in without a role, a verified address, or an assistant that there is', async () => {
    const refusal = async (login: string) => new URL(await new Browser().signIn(login)).searchParams.get('refused');
    expect(await refusal('nobody')).toBe('access.oidc_no_account');
    expect(await refusal('nowhere@gus')).toBe('access.oidc_no_account');
    expect(await refusal('support@unverified-ulla')).toBe('access.oidc_unverified');
  });

  it('refuses an answer that was not asked for by this browser, or was changed on the way', async () => {
    const forged = await fetch(`${service.url}/api/v1/sessions/oidc/callback?code=x&state=y`, { redirect: 'manual' });
    expect(forged.headers.get('location')).toBe('/console?refused=access.oidc_refused');
    const browser = new Browser();
    const otherState = (url: string) => (url.includes('/callback?') ? url.replace(/state=[^&]+/, 'state=other') : url);
    expect(await browser.signIn('support@olaf', otherState)).toContain('refused=access.oidc_refused');
    expect((await browser.me()).status).toBe(401);
  });

  it('says so when the provider is away, and passwords still work', async () => {
    provider.kill();
    const away = await startService({
      ...{ DATABASE_URL: postgres.url, RETUNE_ROLES: 'web', OIDC_ISSUER: 'http://127.0.0.1:9' },
    });
    const response = await fetch(`${away.url}/api/v1/sessions/oidc`, { redirect: 'manual' });
    expect(response.headers.get('location')).toBe('/console?refused=access.oidc_unavailable');
    expect(await people(away.url).admin()).toMatch(/\./);
    await away.stop();
  }, 60_000);
});
