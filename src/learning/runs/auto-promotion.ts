// Whether a judged version goes live: at once, or on canary where `CANARY_STEPS` says so. Only a clear pass does, only over the
// champion it was compared with, and only where operators let the learner.
import { Injectable, Logger } from '@nestjs/common';
import { Rollouts } from '../../adapters/canary/rollouts.js';
import { Deployments } from '../../adapters/deployments.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { Runtime } from '../../config/runtime.js';
import type { AdapterVersion } from '../../database/entities/adapter-version.entity.js';
import type { TrainingRun } from '../../database/entities/training-run.entity.js';
import type { GateReport } from '../gate/report.js';

/** What was decided, and why in a sentence; kept in the run's result. */
export interface Promotion {
  promoted: boolean;
  reason: string;
}

@Injectable()
export class AutoPromotion {
  private readonly logger = new Logger('Learning');

  constructor(
    private readonly assistants: AssistantsService,
    private readonly deployments: Deployments,
    private readonly rollouts: Rollouts,
    private readonly runtime: Runtime,
  ) {}

  /** Promotes or says why not; a promotion that fails is an answer too, never an error. */
  async consider(run: TrainingRun, { version, status }: AdapterVersion, report: GateReport): Promise<Promotion> {
    if (report.verdict !== 'passed') return stays('The gate did not pass it.');
    if (!this.runtime.environment.LEARN_AUTO_PROMOTE) return stays('Promotion is left to an operator.');
    const { championVersion } = await this.assistants.byId(run.assistantId);
    if (championVersion === version) return { promoted: true, reason: report.summary };
    if (status === 'canary') return stays('It is on canary.');
    if (championVersion !== run.parentVersion) {
      return stays(
        `Version ${championVersion} became champion meanwhile; this one was compared with ${run.parentVersion}.`,
      );
    }
    const evidence = { runId: run.id, target: report.target, earlier: report.earlier, general: report.general };
    const { CANARY_STEPS: steps } = this.runtime.environment;
    const order = { assistantId: run.assistantId, version, actor: 'learner', reason: report.summary, evidence };
    try {
      if (steps) return stays(await this.onCanary({ ...order, steps }));
      await this.deployments.promote(order);
      return { promoted: true, reason: report.summary };
    } catch (error) {
      const reason = `Promotion failed: ${(error as Error).message}`;
      this.logger.error(`Version ${version} of run ${run.id}: ${reason}`);
      return stays(reason);
    }
  }

  /** A version on canary is promoted later, by its conversations. */
  private async onCanary(order: Parameters<Rollouts['start']>[0]): Promise<string> {
    const { state, share } = await this.rollouts.start({ ...order, queue: true });
    return state === 'queued'
      ? 'It waits for the rollout of another version to end; then it goes on canary itself.'
      : `It is on canary: it answers ${Math.round(share * 1000) / 10} % of new conversations, and becomes champion if they go well.`;
  }
}

const stays = (reason: string): Promotion => ({ promoted: false, reason });
