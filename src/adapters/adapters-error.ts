// The errors of adapter versions, their files and their deployments.
import { RetuneError, type ErrorKind } from '../config/retune-error.js';

const KINDS = {
  'adapters.version_unknown': 'notFound',
  'adapters.rejected': 'conflict',
  'adapters.already_champion': 'conflict',
  'adapters.changed_meanwhile': 'conflict',
  'adapters.not_a_candidate': 'conflict',
  'adapters.canary_running': 'conflict',
  'adapters.rollout_unknown': 'notFound',
  'adapters.rollout_state': 'conflict',
  'adapters.nothing_to_compare': 'conflict',
  'adapters.wrong_base': 'conflict',
  'adapters.probe_failed': 'conflict',
  'adapters.artifact_missing': 'unavailable',
  'adapters.artifact_damaged': 'unavailable',
  'adapters.artifact_unwritable': 'unavailable',
} as const satisfies Record<string, ErrorKind>;

/** Public codes of this module. */
export type AdaptersErrorCode = keyof typeof KINDS;

export class AdaptersError extends RetuneError {
  constructor(code: AdaptersErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, KINDS[code], options);
  }
}
