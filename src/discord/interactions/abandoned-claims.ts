/**
 * Answers members whose interaction was claimed by a process that died before finishing it: at each start,
 * and periodically for processes that die meanwhile. An unfinished claim has no job, because the two are
 * written in one transaction, so nothing is held.
 */
import { ComponentType, MessageFlags } from 'discord.js';

import { SECOND, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { Loop } from '../../loop.ts';
import type { Locale } from '../../text/locales.ts';
import { text, translate } from '../../text/text.ts';
import type { MessageBody } from '../messages/job-message.ts';
import { refusalOf } from '../rest/discord-error.ts';
import type { Messenger } from '../rest/messenger.ts';
import type { Claims } from './claims.ts';

const LOOK_EVERY_MS = 30 * SECOND;
/** Retry interval while Discord is busy or unreachable; a token lives for 15 minutes. */
const TRY_AGAIN_MS = 5 * SECOND;

export interface AbandonedClaimsDependencies {
  claims: Claims;
  messenger: Pick<Messenger, 'editByToken' | 'tellAsideByToken'>;
  clock: Clock;
  logger: Logger;
}

export function createAbandonedClaimsLoop(dependencies: AbandonedClaimsDependencies): Loop {
  const { claims, clock, logger } = dependencies;
  const unanswered = new Set<string>();
  return new Loop({
    clock,
    async tick(signal) {
      for (const id of await claims.adoptAbandoned()) unanswered.add(id);
      for (const id of unanswered) {
        if (signal.aborted) break;
        if (await answer(id, dependencies)) unanswered.delete(id);
      }
      await claims.tidy();
      return unanswered.size > 0 ? TRY_AGAIN_MS : LOOK_EVERY_MS;
    },
    onError(error) {
      logger.error({ err: error }, 'abandoned interaction search failed; retrying');
      return LOOK_EVERY_MS;
    },
  });
}

/** @returns whether it is done: the member was told, or can no longer be told */
async function answer(
  interactionId: string,
  { claims, messenger, logger }: AbandonedClaimsDependencies,
): Promise<boolean> {
  const log = logger.child({ interactionId });
  const token = await claims.find(interactionId);
  try {
    if (token !== undefined) {
      await tell(token, answerIn(await claims.findLocale(interactionId)), messenger);
    }
    log.info({ isTold: token !== undefined }, 'abandoned interaction closed');
  } catch (error) {
    const refusal = refusalOf(error);
    log.warn({ err: error, refusal }, 'abandoned interaction not answered');
    if (refusal === 'try-later') return false;
  }
  await claims.finish(interactionId);
  return true;
}

/** Answers in the reply. If the dead process had already deleted a public reply for a refusal, sends a follow-up. */
async function tell(
  token: string,
  body: MessageBody,
  messenger: AbandonedClaimsDependencies['messenger'],
): Promise<void> {
  try {
    await messenger.editByToken(token, body);
  } catch (error) {
    if (refusalOf(error) !== 'message-gone') throw error;
    await messenger.tellAsideByToken(token, body);
  }
}

function answerIn(locale: Locale): MessageBody {
  const content = translate(locale, text('cards:restarted'));
  return {
    flags: MessageFlags.IsComponentsV2,
    components: [{ type: ComponentType.TextDisplay, content }],
    allowed_mentions: { parse: [] },
  };
}
