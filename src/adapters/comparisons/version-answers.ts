// Asks a given version, whether it serves or not. One that doesn't is kept in memory for a minute after its last answer: whoever compares
// asks it again and again, and each time it is freed a little memory stays with the model.
import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import { Runtime } from '../../config/runtime.js';
import type { PromptTurn } from '../../database/entities/example.entity.js';
import { Engine, type AdapterFile } from '../../inference/engine.js';
import { AdapterVersions } from '../adapter-versions.js';
import { VersionLoader } from '../version-loader.js';

const KEPT_MS = 60_000;
/** As one site of the fair line: comparing never takes more than its turn from chats. */
const SITE = 'console';

@Injectable()
export class VersionAnswers implements OnApplicationShutdown {
  private readonly kept = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly engine: Engine,
    private readonly versions: AdapterVersions,
    private readonly loader: VersionLoader,
    private readonly runtime: Runtime,
  ) {}

  onApplicationShutdown(): void {
    for (const timer of this.kept.values()) clearTimeout(timer);
  }

  /**
   * The version's greedy answer, without the memory.
   * @throws AdaptersError those of `AdapterVersions.fileOf`; InferenceError
   */
  async answer(of: { assistantId: string; version: number }, turns: PromptTurn[], customer: string): Promise<string> {
    const adapter = await this.versions.fileOf(of.assistantId, of.version);
    if (adapter) await this.keep(adapter);
    const maxTokens = this.runtime.environment.CHAT_MAX_ANSWER_TOKENS;
    const fair = { site: SITE, customer };
    for await (const event of this.engine.generate({ adapter, turns, maxTokens, temperature: 0, fair })) {
      if (event.kind === 'done') return event.result.text;
    }
    throw new Error('the engine ended without a result');
  }

  private async keep(adapter: AdapterFile): Promise<void> {
    await this.engine.load(adapter);
    clearTimeout(this.kept.get(adapter.sha256));
    const free = () => {
      this.kept.delete(adapter.sha256);
      this.loader.unload(adapter);
    };
    this.kept.set(adapter.sha256, setTimeout(free, KEPT_MS).unref());
  }
}
