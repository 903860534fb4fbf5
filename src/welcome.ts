// What people read first: where everything is after a start, or in one sentence why there was none.
import { RetuneError } from './config/retune-error.js';
import type { Service } from './service.js';

/** The block printed after a start. @param styled with terminal styles */
export function welcome(
  { url, dataDir, tokens, firstAdmin }: Pick<Service, 'url' | 'dataDir' | 'tokens' | 'firstAdmin'>,
  styled: boolean,
): string {
  const style = (code: number, text: string) => (styled ? `\u001b[${code}m${text}\u001b[0m` : text);
  const rows = [
    ['Chat', `${url}/demo`],
    ['Console', `${url}/console`],
    ['API', `${url}/api/docs`],
    ['Tokens', tokens.file ?? 'AGENT_TOKEN and OPERATOR_TOKEN of the environment'],
    ['Folder', dataDir],
    ...(firstAdmin ? [['Sign in', firstAdminWords(firstAdmin)] as const] : []),
  ] as const;
  const lines = rows.map(([name, place]) => `  ${style(2, name.padEnd(9))}${place}`);
  return ['', `  ${style(1, 'Retune is ready.')}`, '', ...lines, '', `  ${style(2, 'Ctrl-C stops it.')}`, ''].join(
    '\n',
  );
}

/** How the first administrator signs in: printed once, never again. */
export function firstAdminWords({ email, password, isMadeUp }: NonNullable<Service['firstAdmin']>): string {
  return `${email}, password ${isMadeUp ? `${password} (shown this once)` : 'as in ADMIN_PASSWORD'}, to be changed at the first sign-in`;
}

/** One sentence for people about a start or stop that failed. What nobody foresaw comes with its stack. */
export function failureSentence(error: unknown): string {
  if (error instanceof RetuneError) return `Retune can't run: ${error.message}`;
  const { code, address, port } = error as { code?: string; address?: string; port?: number };
  if (code === 'EADDRINUSE') {
    return `Retune can't run: port ${port} is in use already. Stop what uses it, or set PORT to another (0 takes a free one).`;
  }
  if (code === 'EACCES' && port)
    return `Retune can't run: this user may not use port ${port}. Set PORT to one above 1023.`;
  if (code === 'EADDRNOTAVAIL')
    return `Retune can't run: this machine has no address ${address}. Set HOST to one it has.`;
  const stack = error instanceof Error ? error.stack : String(error);
  return `Retune can't run, for a reason nobody foresaw: ${stack}`;
}
