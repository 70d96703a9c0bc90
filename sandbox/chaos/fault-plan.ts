/** The faults around the bot: every fault that the sandbox supports, and what people do to it. */
import type { DispatchFault, Fault, GatewayFault } from '../discord/faults.ts';
import type { FieldChanges } from '../discord/payload-faults.ts';
import type { PermissionName } from '../discord/permissions.ts';
import type { VendorFault } from '../vendor/vendor.ts';
import { PRIVATE_WORD } from './orders.ts';
import {
  CALLBACK,
  DIRECT_CHANNEL,
  EDIT_BY_BOT,
  EDIT_BY_TOKEN,
  FOLLOW_UP,
  NEW_MESSAGE,
  PICTURE,
} from './routes.ts';

/**
 * The expected outcome of a gateway fault. `served`: the member gets the video anyway.
 * `answered`: a refusal, and nothing is charged. `restarted`: the bot receives nothing more, exits by
 * itself and is started again.
 */
export type Expectation = 'served' | 'answered' | 'restarted';

export type PlannedFault = {
  readonly weight: number;
  readonly expects?: Expectation | undefined;
} & (
  | { readonly at: 'vendor'; readonly fault: VendorFault }
  | { readonly at: 'discord'; readonly fault: Fault }
  /** Every connection of the bot to the gateway is cut. */
  | { readonly at: 'gateway' }
  /** For a while the bot lacks this permission in one channel. */
  | { readonly at: 'channel'; readonly revoked: readonly PermissionName[]; readonly forMs: number }
  /** No member accepts direct messages for a while. */
  | { readonly at: 'direct-messages'; readonly forMs: number }
  /** For a while the account has no funds. */
  | { readonly at: 'funds'; readonly forMs: number }
);

/** A lost job takes a minute to be recognised as lost: these are left out of a short run. */
const LONG: readonly PlannedFault[] = [
  // The outcome of such a create call is unknown: it is searched for, for a minute.
  vendor(2, { on: 'create', kind: 'cut' }),
  vendor(1, { on: 'create', kind: 'status', status: 502, code: '' }),
  vendor(1, { on: 'create', kind: 'forget-task' }),
  vendor(1, { on: 'list', kind: 'hang' }),
  vendor(1, { on: 'video', kind: 'stalled-video' }),
  discord(1, { route: CALLBACK, kind: 'hang', when: 'before' }),
  discord(2, { route: CALLBACK, kind: 'hang', when: 'after' }),
  gateway('restarted', { kind: 'unanswered-resume' }),
];

const QUICK: readonly PlannedFault[] = [
  vendor(4, { on: 'create', kind: 'status', status: 500, code: 'InternalServiceError' }),
  vendor(4, {
    on: 'create',
    kind: 'status',
    status: 429,
    code: 'ServerOverloaded',
    headers: { 'retry-after': '1' },
  }),
  vendor(2, {
    on: 'create',
    kind: 'status',
    status: 400,
    code: 'InputTextSensitiveContentDetected',
  }),
  vendor(4, { on: 'create', kind: 'lost-answer' }),
  vendor(3, { on: 'create', kind: 'malformed' }),
  vendor(1, { on: 'create', kind: 'oversized' }),
  vendor(2, { on: 'create', kind: 'slow', ms: 2_000 }),
  vendor(2, { on: 'create', kind: 'fail-task', code: 'InternalServiceError' }),
  vendor(2, { on: 'create', kind: 'fail-task', code: 'OutputVideoSensitiveContentDetected' }),
  vendor(1, { on: 'create', kind: 'expire-task' }),
  vendor(1, { on: 'create', kind: 'cancel-task' }),
  vendor(2, { on: 'list', kind: 'status', status: 500, code: 'InternalServiceError' }),
  vendor(2, { on: 'list', kind: 'status', status: 429, code: 'RateLimitExceeded' }),
  vendor(2, { on: 'list', kind: 'cut' }),
  vendor(2, { on: 'list', kind: 'malformed' }),
  vendor(1, { on: 'list', kind: 'oversized' }),
  vendor(2, { on: 'list', kind: 'slow', ms: 2_000 }),
  vendor(1, { on: 'list', kind: 'unknown-status', word: 'pondering' }),
  vendor(2, { on: 'retrieve', kind: 'status', status: 500, code: 'InternalServiceError' }),
  vendor(1, { on: 'retrieve', kind: 'malformed' }),
  vendor(2, { on: 'cancel', kind: 'status', status: 500, code: 'InternalServiceError' }),
  vendor(2, { on: 'cancel', kind: 'lost-answer' }),
  vendor(2, { on: 'video', kind: 'status', status: 503, code: 'ServiceUnavailable' }),
  vendor(2, { on: 'video', kind: 'cut' }),
  vendor(3, { on: 'video', kind: 'truncated-video' }),
  vendor(2, { on: 'video', kind: 'unsized-half-video' }),
  vendor(2, { on: 'video', kind: 'slow', ms: 2_000 }),
  discord(3, { route: CALLBACK, kind: 'status', status: 500 }),
  discord(3, { route: CALLBACK, kind: 'cut', when: 'before' }),
  discord(3, { route: CALLBACK, kind: 'cut', when: 'after' }),
  discord(2, { route: CALLBACK, kind: 'slow', delayMs: 1_000 }),
  discord(2, { route: CALLBACK, kind: 'malformed' }),
  discord(5, { route: EDIT_BY_TOKEN, kind: 'status', status: 500 }),
  discord(2, { route: EDIT_BY_TOKEN, kind: 'status', status: 503, times: 3 }),
  discord(4, { route: EDIT_BY_TOKEN, kind: 'rate-limit', retryAfterMs: 1_500 }),
  discord(2, { route: EDIT_BY_TOKEN, kind: 'rate-limit', retryAfterMs: 800, scope: 'shared' }),
  discord(4, { route: EDIT_BY_TOKEN, kind: 'cut', when: 'before' }),
  discord(5, { route: EDIT_BY_TOKEN, kind: 'cut', when: 'after' }),
  discord(3, { route: EDIT_BY_TOKEN, kind: 'malformed' }),
  // Sometimes it is executed after its sender was killed, and overwrites later edits.
  discord(3, { route: EDIT_BY_TOKEN, kind: 'slow', delayMs: 2_000 }),
  discord(3, { route: EDIT_BY_TOKEN, ...deadToken(), only: isPublicPicture }),
  discord(2, { route: EDIT_BY_BOT, kind: 'status', status: 500 }),
  discord(2, { route: EDIT_BY_BOT, kind: 'cut', when: 'after' }),
  discord(3, { route: NEW_MESSAGE, kind: 'status', status: 502 }),
  discord(2, { route: NEW_MESSAGE, kind: 'rate-limit', retryAfterMs: 1_200 }),
  discord(4, { route: NEW_MESSAGE, kind: 'cut', when: 'after' }),
  discord(2, { route: NEW_MESSAGE, kind: 'malformed' }),
  discord(1, { route: FOLLOW_UP, kind: 'status', status: 500 }),
  discord(1, { route: DIRECT_CHANNEL, kind: 'status', status: 500 }),
  discord(2, { route: PICTURE, kind: 'status', status: 503 }),
  discord(2, { route: PICTURE, kind: 'cut', when: 'before' }),
  discord(1, { route: PICTURE, kind: 'slow', delayMs: 1_500 }),
  discord(1, { route: 'GET /gateway/bot', kind: 'status', status: 500 }),
  discord(3, { kind: 'duplicate-interaction' }),
  discord(3, { kind: 'drop-connection' }),
  discord(1, { kind: 'invalid-session' }),
  discord(2, { kind: 'dead-resume-host', times: 4 }),
  gateway('served', { kind: 'unknown-guild' }),
  // Discord may omit these; the library throws without some of them.
  gateway('served', interaction({ without: ['entitlements', 'authorizing_integration_owners'] })),
  gateway('served', interaction({ without: ['channel', 'locale', 'guild_locale'] })),
  gateway('served', interaction({ without: ['app_permissions', 'attachment_size_limit'] })),
  gateway('served', interaction({ set: { 'channel.id': null, 'member.roles': null } })),
  gateway('answered', poisonedDispatch('INTERACTION_CREATE', { set: { data: null } })),
  gateway('answered', poisonedDispatch('INTERACTION_CREATE', { without: ['member'] })),
  gateway(
    'served',
    poisonedDispatch('GUILD_CREATE', { set: { 'roles.*.permissions': 'all of them' } }),
  ),
  gateway('served', poisonedDispatch('GUILD_CREATE', { set: { 'channels.*': null } })),
  { at: 'gateway', weight: 6 },
  { at: 'channel', weight: 3, revoked: ['SendMessages'], forMs: 8_000 },
  { at: 'channel', weight: 3, revoked: ['ViewChannel'], forMs: 8_000 },
  { at: 'channel', weight: 2, revoked: ['AttachFiles'], forMs: 8_000 },
  { at: 'channel', weight: 1, revoked: ['ReadMessageHistory'], forMs: 8_000 },
  { at: 'direct-messages', weight: 2, forMs: 10_000 },
  { at: 'funds', weight: 1, forMs: 1_000 },
];

export function faults({ isShort }: { isShort: boolean }): readonly PlannedFault[] {
  return isShort ? QUICK : [...QUICK, ...LONG];
}

/** The name under which a gateway fault is counted. */
export function injectedName(fault: GatewayFault | DispatchFault): string {
  return 'event' in fault ? `injected ${fault.kind} ${fault.event}` : `injected ${fault.kind}`;
}

/** The names of the faults with this expected outcome. */
export function faultsExpecting(expects: Expectation): ReadonlySet<string> {
  const names = [...QUICK, ...LONG].flatMap((fault) =>
    fault.at === 'discord' && fault.expects === expects && !('route' in fault.fault)
      ? [injectedName(fault.fault)]
      : [],
  );
  return new Set(names);
}

/** Discord’s response for a token older than 15 minutes (JSON error codes). */
function deadToken() {
  return { kind: 'status', status: 401, code: 50_027 } as const;
}

/** Only the token reaches private messages: there it stays valid. */
function isPublicPicture({ body }: { readonly body?: unknown }): boolean {
  const text = JSON.stringify(body ?? {});
  return text.includes('boat') && !text.includes(PRIVATE_WORD);
}

function gateway(expects: Expectation, fault: GatewayFault | DispatchFault): PlannedFault {
  return { at: 'discord', weight: 2, expects, fault };
}

function interaction(changes: FieldChanges): DispatchFault {
  return { kind: 'absent-fields', event: 'INTERACTION_CREATE', ...changes };
}

function poisonedDispatch(event: string, changes: FieldChanges): DispatchFault {
  return { kind: 'poisoned-dispatch', event, ...changes };
}

function vendor(weight: number, fault: VendorFault): PlannedFault {
  return { at: 'vendor', weight, fault };
}

function discord(weight: number, fault: Fault): PlannedFault {
  return { at: 'discord', weight, fault };
}
