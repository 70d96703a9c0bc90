/**
 * Answers those whose bot went away between taking on what they asked for and accepting it: at each
 * start, and again and again for processes that die beside this one. An unfinished claim has no job,
 * because the two are written in one transaction; so nothing is held.
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
/** Discord was busy or away; a token has a quarter of an hour to live. */
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
      logger.error(
        { err: error },
        'looking for abandoned interactions failed, will be tried again',
      );
      return LOOK_EVERY_MS;
    },
  });
}

/** @returns whether it is over: the asker has been told, or cannot be any more */
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
    log.info(
      { isTold: token !== undefined },
      'a command that a stopped process had in hand is over',
    );
  } catch (error) {
    const refusal = refusalOf(error);
    log.warn({ err: error, refusal }, 'the asker of an abandoned command could not be told');
    if (refusal === 'try-later') return false;
  }
  await claims.finish(interactionId);
  return true;
}

/** A refusal takes a public reply away before it is told aside: a bot may have died in between. */
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
