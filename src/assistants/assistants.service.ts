// Assistants and their prompt versions. A prompt version never changes: an edit makes the next one and points the assistant at it.
import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { recordAudit } from '../access/audit/record-audit.js';
import { Assistant } from '../database/entities/assistant.entity.js';
import { PromptVersion } from '../database/entities/prompt-version.entity.js';
import { SiteKey } from '../database/entities/site-key.entity.js';
import { AssistantsError } from './assistants-error.js';

/** What a first start makes, so that there is somebody to talk to. */
const DEMO = {
  slug: 'demo',
  name: 'Retune demo',
  siteKey: 'demo',
  greeting: 'Hello! Ask me anything about your account.',
  instructions: "You are the support assistant of a bank. Answer the customer's question briefly.",
};
const PROMPT_VERSIONS_LISTED_MAX = 100;

/** What an operator writes of a prompt version. */
type PromptContent = Pick<PromptVersion, 'instructions' | 'fewShot' | 'unknownAnswer' | 'note' | 'author'>;

@Injectable()
export class AssistantsService implements OnModuleInit {
  private readonly logger = new Logger('Assistants');

  constructor(private readonly database: DataSource) {}

  /** Seeds the demo assistant at the very first start; one deleted on purpose stays away. */
  async onModuleInit(): Promise<void> {
    const made = await this.database.transaction(async (manager) => {
      await manager.query('LOCK TABLE assistants IN SHARE ROW EXCLUSIVE MODE');
      if ((await manager.count(Assistant)) > 0) return false;
      const { instructions, siteKey, ...assistant } = DEMO;
      const { id } = await manager.save(manager.create(Assistant, assistant));
      await manager.insert(PromptVersion, { assistantId: id, version: 1, instructions, fewShot: [] });
      await manager.insert(SiteKey, { assistantId: id, key: siteKey, name: 'Demo page' });
      return true;
    });
    if (made) this.logger.log(`Assistant "${DEMO.slug}" made; its site key is "${DEMO.siteKey}".`);
  }

  /** All assistants, by slug. */
  list(): Promise<Assistant[]> {
    return this.database.manager.find(Assistant, { order: { slug: 'ASC' } });
  }

  /** @throws AssistantsError `assistants.unknown` */
  bySlug(slug: string): Promise<Assistant> {
    return this.required({ slug }, `There is no assistant "${slug}".`);
  }

  /** @throws AssistantsError `assistants.unknown` */
  byId(id: string): Promise<Assistant> {
    return this.required({ id }, 'There is no such assistant.');
  }

  /**
   * One prompt version; without `version` the active one.
   * @param manager to read inside the caller's transaction
   * @throws AssistantsError `assistants.prompt_version_unknown`
   */
  async promptVersion(
    assistant: Pick<Assistant, 'id' | 'activePromptVersion'>,
    version = assistant.activePromptVersion,
    manager: EntityManager = this.database.manager,
  ): Promise<PromptVersion> {
    const found = await manager.findOneBy(PromptVersion, { assistantId: assistant.id, version });
    if (found) return found;
    throw new AssistantsError('assistants.prompt_version_unknown', `There is no prompt version ${version}.`);
  }

  /**
   * The prompt version that new turns get, in one trip to the database: each answer begins with it.
   * @param manager to read inside the caller's transaction
   * @throws AssistantsError `assistants.unknown`
   */
  async activePrompt(assistantId: string, manager: EntityManager = this.database.manager): Promise<PromptVersion> {
    const found = await manager
      .createQueryBuilder(PromptVersion, 'prompt')
      .innerJoin(Assistant, 'assistant', 'assistant.id = prompt.assistantId')
      .where('assistant.id = :assistantId AND prompt.version = assistant.activePromptVersion', { assistantId })
      .getOne();
    if (found) return found;
    throw new AssistantsError('assistants.unknown', 'There is no such assistant.');
  }

  /** Prompt versions, newest first, at most 100. */
  promptVersions(assistantId: string): Promise<PromptVersion[]> {
    const newestFirst = { order: { version: 'DESC' }, take: PROMPT_VERSIONS_LISTED_MAX } as const;
    return this.database.manager.find(PromptVersion, { where: { assistantId }, ...newestFirst });
  }

  /**
   * Makes the next prompt version.
   * @param activate whether new turns use it at once
   * @throws AssistantsError `assistants.unknown`
   */
  addPromptVersion(slug: string, content: PromptContent, activate: boolean): Promise<PromptVersion> {
    return this.database.transaction(async (manager) => {
      // The row lock lines up two edits at once: each gets a number of its own.
      const { id: assistantId, activePromptVersion: before } = await locked(manager, slug);
      const newest = await manager.maximum(PromptVersion, 'version', { assistantId });
      const version = (newest ?? 0) + 1;
      const made = await manager.save(manager.create(PromptVersion, { assistantId, version, ...content }));
      if (activate) await manager.update(Assistant, assistantId, { activePromptVersion: version });
      // What each version says stands in its own row, which never changes.
      const target = { kind: 'prompt_version', id: version };
      await recordAudit(manager, {
        ...{ action: 'prompt_version.create', assistantId, target, reason: content.note },
        ...{ before: { activePromptVersion: before }, after: { activePromptVersion: activate ? version : before } },
      });
      return made;
    });
  }

  /**
   * Points the assistant at a prompt version that is there already; new turns use it.
   * @throws AssistantsError `assistants.unknown`, `assistants.prompt_version_unknown`, `assistants.prompt_version_active`
   */
  activatePromptVersion(slug: string, version: number, reason: string): Promise<PromptVersion> {
    return this.database.transaction(async (manager) => {
      const assistant = await locked(manager, slug);
      const { id: assistantId, activePromptVersion: before } = assistant;
      const wanted = await this.promptVersion(assistant, version, manager);
      if (version === before) {
        const sentence = `Prompt version ${version} is the active one.`;
        throw new AssistantsError('assistants.prompt_version_active', sentence, 'conflict');
      }
      await manager.update(Assistant, assistantId, { activePromptVersion: version });
      const target = { kind: 'prompt_version', id: version };
      await recordAudit(manager, {
        ...{ action: 'prompt_version.activate', assistantId, target, reason },
        ...{ before: { activePromptVersion: before }, after: { activePromptVersion: version } },
      });
      return wanted;
    });
  }

  private async required(where: Partial<Assistant>, otherwise: string): Promise<Assistant> {
    const found = await this.database.manager.findOneBy(Assistant, where);
    if (found) return found;
    throw new AssistantsError('assistants.unknown', otherwise);
  }
}

async function locked(manager: EntityManager, slug: string): Promise<Assistant> {
  const assistant = await manager.findOne(Assistant, { where: { slug }, lock: { mode: 'pessimistic_write' } });
  if (assistant) return assistant;
  throw new AssistantsError('assistants.unknown', `There is no assistant "${slug}".`);
}
