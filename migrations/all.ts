// The migrations in the order they run. A list, not a folder scan: what runs is what was reviewed and compiled.
import { Initial1700000000000 } from './1700000000000-initial.js';
import { PromptStart1700000001000 } from './1700000001000-prompt-start.js';
import { Intake1700000002000 } from './1700000002000-intake.js';
import { Memory1700000003000 } from './1700000003000-memory.js';
import { Replay1700000004000 } from './1700000004000-replay.js';
import { Runs1700000005000 } from './1700000005000-runs.js';
import { Gate1700000006000 } from './1700000006000-gate.js';
import { Canary1700000007000 } from './1700000007000-canary.js';
import { MemoryHeldBack1700000008000 } from './1700000008000-memory-held-back.js';
import { Chat1700000009000 } from './1700000009000-chat.js';
import { UnknownAnswer1700000010000 } from './1700000010000-unknown-answer.js';
import { Access1700000011000 } from './1700000011000-access.js';
import { AgentConsole1700000012000 } from './1700000012000-agent-console.js';
import { Timeline1700000013000 } from './1700000013000-timeline.js';
import { Assistants1700000014000 } from './1700000014000-assistants.js';
import { Review1700000015000 } from './1700000015000-review.js';
import { Comparisons1700000015500 } from './1700000015500-comparisons.js';
import { ConsoleWords1700000016000 } from './1700000016000-console-words.js';
import { NodeHealth1700000017000 } from './1700000017000-node-health.js';

export const migrations = [
  Initial1700000000000,
  PromptStart1700000001000,
  Intake1700000002000,
  Memory1700000003000,
  Replay1700000004000,
  Runs1700000005000,
  Gate1700000006000,
  Canary1700000007000,
  MemoryHeldBack1700000008000,
  Chat1700000009000,
  UnknownAnswer1700000010000,
  Access1700000011000,
  AgentConsole1700000012000,
  Timeline1700000013000,
  Assistants1700000014000,
  Review1700000015000,
  Comparisons1700000015500,
  ConsoleWords1700000016000,
  NodeHealth1700000017000,
];
