// What an operator can decide about a version, in words, and how it is carried out.
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import type { Decision } from '../../parts/reason-dialog.js';
import { versionName } from '../../words.js';
import { assistantBase } from '../assistant-base.js';

/** An order that changes who answers; whoever gives it shows what is said against it. @param base where it is sent, below which `path` lies */
export const useOrder = (base: string) =>
  useWrite(({ path, body }: { path: string; body: object }) => api.send('POST', `${base}${path}`, body), {
    ...{ invalidates: ['/api/v1/assistants', '/api/v1/audit'], quiet: true },
  });

export function useVersionDecisions(slug: string, champion: number) {
  const order = useOrder(assistantBase(slug));
  const before = versionName(champion).toLowerCase();
  const consequence = `It answers every question from the next one on, instead of ${before}. Answers that are being written finish on the version that began them.`;
  return {
    promote: (version: number): Decision => ({
      ...{ title: `Promote ${versionName(version).toLowerCase()}?`, consequence, action: 'Promote' },
      carryOut: (reason) => order.mutateAsync({ path: `/adapter-versions/${version}/promote`, body: { reason } }),
    }),
    rollBack: (version: number): Decision => ({
      ...{ title: `Roll back to ${versionName(version).toLowerCase()}?`, consequence, action: 'Roll back' },
      isDanger: true,
      carryOut: (reason) => order.mutateAsync({ path: '/rollback', body: { toVersion: version, reason } }),
    }),
    canary: (version: number, manual: boolean): Decision => ({
      title: `Let ${versionName(version).toLowerCase()} answer a share of new conversations?`,
      consequence: `It begins with the first step's share; ${before} answers the others. Ratings, failures and speed are compared all the time, and harm ends it by itself. ${manual ? 'Each further step waits for an operator.' : 'It goes on by itself once there is enough evidence.'}`,
      action: 'Start the canary',
      carryOut: (reason) =>
        order.mutateAsync({ path: `/adapter-versions/${version}/canary`, body: { manual, reason } }),
    }),
  };
}
