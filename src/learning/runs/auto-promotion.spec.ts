// Holds when a judged version goes live, when on canary, and that neither failing is ever an error of the run.
import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Rollouts } from '../../adapters/canary/rollouts.js';
import type { Deployments } from '../../adapters/deployments.js';
import type { AssistantsService } from '../../assistants/assistants.service.js';
import type { CanaryStep } from '../../config/canary-steps.js';
import type { Runtime } from '../../config/runtime.js';
import type { AdapterVersion } from '../../database/entities/adapter-version.entity.js';
import type { TrainingRun } from '../../database/entities/training-run.entity.js';
import type { GateReport } from '../gate/report.js';
import { AutoPromotion } from './auto-promotion.js';

const run = { id: 'r', assistantId: 'a', parentVersion: 1 } as TrainingRun;
const version = { version: 2, status: 'candidate' } as AdapterVersion;
const passed = { verdict: 'passed', summary: 'Better.' } as GateReport;
const steps: CanaryStep[] = [5, 100].map((percent) => ({ percent, manual: false }));

function promotion(
  more: { champion?: number; auto?: boolean; steps?: CanaryStep[]; state?: string; fails?: Error } = {},
) {
  const outcome = (_order: object) =>
    more.fails ? Promise.reject(more.fails) : Promise.resolve({ state: more.state, share: 0.05 });
  const [promote, start] = [jest.fn(outcome), jest.fn(outcome)];
  const runtime = { environment: { LEARN_AUTO_PROMOTE: more.auto ?? true, CANARY_STEPS: more.steps } };
  const assistants = { byId: () => Promise.resolve({ championVersion: more.champion ?? 1 }) };
  const under = new AutoPromotion(
    ...([assistants, { promote }, { start }, runtime] as unknown as [
      AssistantsService,
      Deployments,
      Rollouts,
      Runtime,
    ]),
  );
  return { under, promote, start };
}

describe('AutoPromotion', () => {
  it('promotes a clear pass at once', async () => {
    const { under, promote, start } = promotion();
    expect(await under.consider(run, version, passed)).toEqual({ promoted: true, reason: 'Better.' });
    expect(promote).toHaveBeenCalledWith(expect.objectContaining({ version: 2, actor: 'learner', reason: 'Better.' }));
    expect(start).not.toHaveBeenCalled();
  });

  it.each([
    ['running', 'it answers 5 % of new conversations'],
    ['queued', 'waits for the rollout of another version'],
  ])('puts it on canary where steps are set (%s)', async (state, words) => {
    const { under, promote, start } = promotion({ steps, state });
    const decided = await under.consider(run, version, passed);
    expect(decided).toEqual({ promoted: false, reason: expect.stringContaining(words) as unknown });
    expect(start).toHaveBeenCalledWith(expect.objectContaining({ version: 2, steps, queue: true }));
    expect(promote).not.toHaveBeenCalled();
  });

  it.each([
    ['the gate did not pass it', {}, { ...passed, verdict: 'refused' }, version],
    ['operators keep that to themselves', { auto: false }, passed, version],
    ['another champion came meanwhile', { champion: 3 }, passed, version],
    ['it is on canary already', { steps }, passed, { ...version, status: 'canary' }],
  ] as [string, Parameters<typeof promotion>[0], GateReport, AdapterVersion][])(
    'does nothing when %s',
    async (_, more, report, candidate) => {
      const { under, promote, start } = promotion(more);
      expect(await under.consider(run, candidate, report)).toMatchObject({ promoted: false });
      expect([promote.mock.calls, start.mock.calls]).toEqual([[], []]);
    },
  );

  it('says why it failed', async () => {
    jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    const { under } = promotion({ fails: new Error('no file') });
    expect(await under.consider(run, version, passed)).toEqual({
      promoted: false,
      reason: 'Promotion failed: no file',
    });
  });
});
