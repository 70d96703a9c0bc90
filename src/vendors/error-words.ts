/**
 * What a sentence in a vendor's own JSON means, where no code tells: words, read without regard to case.
 * Sources: the error pages of Azerion and AI/ML API, Pixazo's response table, ByteDance's texts (BytePlus
 * ModelArk, error codes), the texts of one-api, in English and Chinese. Pure.
 */
import type { VendorErrorKind } from '../errors.ts';

export interface WordRule {
  readonly words: RegExp;
  readonly unless?: RegExp;
  readonly kind: VendorErrorKind;
  /** The relay itself did not hear what became of it: the task may exist. */
  readonly isOutcomeUnknown?: true;
}

/** Up to the end of a sentence; the dot of a model's name is none. */
const SENTENCE = String.raw`(?:[^.;。；]|\.(?=\S))`;

/** What a model is not refused for by itself: the message is about something else then. */
const OTHER_SUBJECT = String.raw`\b(?:parameters?|resolution|duration|ratio|aspect|seed|audio|frames?|format|length|role|draft|tier|flex|field|option|input|prompt|image(?!-to)|picture|file|url|link|tasks?|user|key|content)\b`;

const GONE = String.raw`\b(?:not found|(?:does )?not exist|doesn'?t exist|no longer (?:exists?|available|supported|offered|served)|(?:not|isn'?t) (?:available|supported|activated|open(?:ed)?|enabled|valid|recogni[sz]ed)|not (?:been )?(?:activated|opened|enabled)|unavailable|unsupported|unknown|(?:is|was) invalid|deprecated|retired|discontinued|decommissioned|sunset|shut ?down|offline|removed|disabled|end[- ]of[- ]life)\b`;

/** A pause, not an end. */
const PASSING =
  /temporar|try again (?:later|in|shortly|soon|after)|retry later|overload|\bbusy\b|capacity|high demand|maintenance|warming/i;

const words = (...alternatives: string[]): RegExp => new RegExp(alternatives.join('|'), 'i');

/** The first that fits decides; before the status does. */
export const WORD_RULES: readonly WordRule[] = [
  {
    kind: 'moderated',
    words: words(
      String.raw`\b(?:input|output) (?:text|image|video|audio)\b[^.]{0,80}\b(?:sensitive|platform rules|real person|copyright)`,
      String.raw`\bcontent (?:policy|moderation|filter)`,
      String.raw`\b(?:sensitive|inappropriate|prohibited) (?:content|information|words?|material)`,
      String.raw`\bviolat\w+[^.]{0,60}\b(?:policy|policies|guidelines|rules|terms)`,
      String.raw`\bnsfw\b`,
      String.raw`\bsafety (?:system|filter|policy)`,
      '敏感|违规|涉黄',
    ),
  },
  {
    kind: 'out-of-funds',
    words: words(
      String.raw`\binsufficient\b[\w -]{0,30}\b(?:balance|credits?|funds?|quota)\b`,
      String.raw`\b(?:balance|credits?|funds|quota)\b[^.]{0,40}\b(?:insufficient|not enough|exhausted|used up|depleted|too low|overdue|r[ua]n out)\b`,
      String.raw`\b(?:not enough|out of|no (?:more|remaining))\b (?:account |api |available )?(?:balance|credits?|funds?|quota)\b`,
      String.raw`\bexceeded your (?:current |monthly )?(?:quota|balance|budget)\b`,
      String.raw`\b(?:free trial|usage) quota\b`,
      String.raw`\b(?:overdue (?:balance|payment)|in arrears|payment required|billing (?:hard )?limit|spending limit)\b`,
      String.raw`\b(?:top[ -]?up|recharge)\b`,
      '余额不足|额度不足|额度已用尽|额度已耗尽|预扣费|欠费|请充值',
    ),
  },
  {
    kind: 'task-not-found',
    words: words(
      String.raw`\b(?:(?:task\w*|generations?|job|prediction|video id)\b|cgt-)(?:(?!\b(?:image|file)\b|(?<!\bfor (?:the )?)\bmodel\b)${SENTENCE}){0,120}?\b(?:not found|not exist|doesn'?t exist|no longer exists?|has expired|(?:cannot|can'?t|could not) be found)\b`,
      String.raw`\b(?:no such|unknown|non-?existent) (?:task|generation|job)\b`,
      '任务不存在|任务已过期|(?:未找到|找不到|不存在的?)(?:该)?任务',
    ),
    // A wrong address, or what a model or its parameters lack.
    unless:
      /\b(?:route|endpoint|path|method|task type)\b|\bcannot (?:get|post|delete)\b|\/[\w-]+\//i,
  },
  {
    kind: 'model-unavailable',
    words: words(
      String.raw`\bmodels?\b(?:(?!${OTHER_SUBJECT})${SENTENCE}){0,160}?${GONE}`,
      String.raw`\b(?:unknown|invalid|unsupported|no such|non-?existent|unrecogni[sz]ed|deprecated|retired|disabled|unavailable) (?:\w+ )?models?\b(?! parameters?)`,
      String.raw`\bnot (?:been )?(?:activated|opened|enabled|subscribed to) (?:the |this )?models?\b`,
      String.raw`\bno (?:available |valid )?(?:channels?|providers?|distributors?)\b${SENTENCE}{0,80}?\bmodels?\b`,
      String.raw`\b(?:no|not have|n'?t have) (?:access|permission)\b${SENTENCE}{0,30}?\bmodels?\b`,
      // How validators name a model that is not in their list.
      String.raw`\bmodel: (?:invalid|unknown|unsupported)`,
      String.raw`\binvalid (?:enum value|option|discriminator value)[^;]{0,1500}?(?:→ at model\b|received ['"][^'"]*seedance)`,
      String.raw`模型[^。；]{0,80}(?:不存在|未开通|未激活|下线|停用|不可用|不支持|无权|无可用渠道)|(?:不存在|不支持|无效)的?模型|无可用渠道`,
    ),
    unless: PASSING,
  },
  {
    // A picture, video or sound that the vendor could not fetch or read.
    kind: 'rejected',
    words: words(
      String.raw`\b(?:fail(?:ed)?|unable|cannot|can'?t|could not|couldn'?t|error)\b[^.]{0,40}\b(?:download|fetch|access|retriev|load|read|open)\w*[^.]{0,60}\b(?:image|picture|video|audio|file|url|link|media|resource)`,
      String.raw`\bdownload (?:failed|error|timed? ?out)`,
    ),
  },
  {
    kind: 'unavailable',
    words: words(String.raw`\btime[d-]? ?out\b`, String.raw`\bdeadline exceeded\b`, '超时'),
    isOutcomeUnknown: true,
  },
];

/** Only where the status says nothing: a success with an error in it, a 400, a 403. */
export const WORD_RULES_WITHOUT_STATUS: readonly WordRule[] = [
  {
    kind: 'rate-limited',
    words: words(
      String.raw`\brate[ -]?limit`,
      String.raw`\btoo many (?:requests|concurrent|pending|queued|tasks)`,
      String.raw`\b(?:requests|tasks) per (?:second|minute|hour|day)`,
      String.raw`\bconcurren(?:t|cy)[^.]{0,30}\blimit`,
      'throttl|过于频繁|限流',
    ),
  },
  {
    kind: 'auth',
    words: words(
      String.raw`\b(?:api|subscription|access|secret)[ -]?key\b`,
      String.raw`\bunauthori[sz]ed\b|\bauthenticat`,
      String.raw`\b(?:invalid|expired) (?:access )?token\b|\btoken (?:is |has )?(?:invalid|expired)`,
      String.raw`\b(?:access denied|forbidden|no permission|permission denied)\b`,
      '无效的令牌|令牌|未授权|鉴权',
    ),
  },
  {
    kind: 'unavailable',
    words: words(
      String.raw`\binternal (?:server |service )?error\b|\bunexpected error\b|\bservice (?:is )?(?:\w+ )?unavailable\b`,
      String.raw`overload|\bbusy\b|maintenance|try again later`,
      '繁忙|稍后',
    ),
  },
];

/** A quotation of more than one word may be the member's prompt: what it says is no reason. */
const QUOTATION = /"[^"]*\s[^"]*"|`[^`]*\s[^`]*`|“[^”]*\s[^”]*”/g;

function withoutQuotations(message: string): string {
  return message.replaceAll(QUOTATION, '""');
}

export function wordRuleFor(message: string, rules: readonly WordRule[]): WordRule | undefined {
  const text = withoutQuotations(message).replaceAll('_', ' ');
  return rules.find((rule) => rule.words.test(text) && rule.unless?.test(text) !== true);
}

/** Such as `InputTextSensitiveContentDetected.PolicyViolation`, `InvalidParameter`. */
const CODE_LIKE = /\b[A-Z][a-z]+(?:[A-Z][a-z]+)+(?:\.[A-Za-z]+)?/g;

/** ByteDance's moderation texts: "… the input image may contain real person." */
const MODERATED =
  /\b(input|output) (text|image|video|audio)\b[^.]{0,80}\b(sensitive|platform rules|real person|copyright)/i;

const KINDS_OF_CONTENT: Readonly<Record<string, string>> = {
  'platform rules': '.PolicyViolation',
  'real person': '.PrivacyInformation',
};

/** The account's own trouble, which only the operator can mend; relays tell it with any status. */
const OVERDUE = /account has an overdue balance/i;

/** Finds ByteDance's code in a relay's sentence: named there, or told by its text. */
export function codeInWords(
  sentence: string,
  isKnown: (code: string) => boolean,
): string | undefined {
  const message = withoutQuotations(sentence);
  if (OVERDUE.test(message)) return 'AccountOverdueError';
  const named = message.match(CODE_LIKE)?.find(isKnown);
  if (named !== undefined) return named;
  const [, direction = '', medium = '', fault = ''] = MODERATED.exec(message) ?? [];
  if (direction === '') return undefined;
  const detail = KINDS_OF_CONTENT[fault.toLowerCase()] ?? '';
  return `${capitalised(direction)}${capitalised(medium)}SensitiveContentDetected${detail}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
}
