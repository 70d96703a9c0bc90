/**
 * What a sentence in a vendor's JSON means when there is no known code. Case-insensitive. Sources: the
 * error pages of Azerion and AI/ML API, Pixazo's response table, ByteDance's texts (BytePlus ModelArk,
 * error codes), the texts of one-api, in English and Chinese. Pure.
 */
import type { VendorErrorKind } from '../errors.ts';
import { MODEL_UNAVAILABLE, SENTENCE } from './model-words.ts';

export interface WordRule {
  readonly words: RegExp;
  readonly unless?: RegExp;
  readonly kind: VendorErrorKind;
  /** The relay itself does not know the outcome, so the task may exist. */
  readonly isOutcomeUnknown?: true;
}

/** A temporary condition. */
const PASSING =
  /temporar|try again (?:later|in|shortly|soon|after)|retry later|overload|\bbusy\b|capacity|high demand|maintenance|warming|暂时|暂停|稍后/i;

/** The moderation service failed; the content was not refused. */
const CHECK_FAILED =
  /\b(?:service|system|filter|moderation)\b[^.]{0,40}\b(?:unavailable|tim(?:ed|e)[ -]?out|busy|down)\b|服务[^。；]{0,10}(?:繁忙|异常|不可用|超时)/i;

const words = (...alternatives: string[]): RegExp => new RegExp(alternatives.join('|'), 'i');

/** The first match decides, before the status does. */
export const WORD_RULES: readonly WordRule[] = [
  {
    kind: 'moderated',
    words: words(
      String.raw`\b(?:input|output) (?:text|image|video|audio)\b[^.]{0,80}\b(?:sensitive|platform rules|real person|copyright)`,
      String.raw`\bcontent (?:policy|moderation|filter)`,
      String.raw`\b(?:prompt|content|input|output|image|video|text)\b[^.]{0,60}\bflagged\b`,
      String.raw`\b(?:by|pass|failed) (?:our |the )?moderation`,
      String.raw`\b(?:sensitive|inappropriate|prohibited|harmful|sexual|explicit|unsafe|illegal|banned) (?:content(?![- ]types?\b)|information|words?|material|prompts?)`,
      String.raw`\bviolat\w+[^.]{0,60}\b(?:policy|policies|guidelines|rules|terms)`,
      String.raw`\bnsfw\b`,
      String.raw`\bsafety (?:system|filter|policy)`,
      '敏感|违规|涉黄|色情|涉政|涉暴|违禁|不合规',
      '违反[^。；]{0,12}(?:规则|规定|规范|政策|准则|条款)|审核(?:未|不)能?通过',
    ),
    unless: CHECK_FAILED,
  },
  {
    kind: 'out-of-funds',
    words: words(
      String.raw`\binsufficient\b[\w -]{0,30}\b(?:balance|credits?|funds?|quota)\b`,
      String.raw`\b(?:balance|credits?|funds|quota)\b[^.]{0,40}\b(?:insufficient|not enough|exhausted|used up|depleted|too low|overdue|r[ua]n out)\b`,
      String.raw`\b(?:not enough|out of|no (?:more|remaining))\b (?:account |api |available )?(?:balance|credits?|funds?|quota|money)\b`,
      String.raw`(?:\bnot|n'?t) have (?:enough|sufficient) (?:\w+ )?(?:balance|credits?|funds?|quota|money)\b`,
      String.raw`\bno (?:balance|credits?|funds|quota) (?:left|remaining|available)\b`,
      String.raw`\bexceeded your (?:current |monthly )?(?:quota|balance|budget)\b`,
      String.raw`\b(?:free trial|usage) quota\b`,
      String.raw`\b(?:overdue (?:balance|payment)|in arrears|payment required|billing (?:hard )?limit|(?:credit|spending|budget) limit)\b`,
      String.raw`\b(?:top[ -]?up|recharge)\b`,
      '(?:余额|额度|积分|点数|算力)[^。；]{0,6}(?:不足|不够|用尽|用完|耗尽)|预扣费|欠费|请充值',
    ),
  },
  {
    kind: 'task-not-found',
    words: words(
      String.raw`\b(?:(?:task\w*|generations?|job|prediction|video id)\b|cgt-)(?:(?!\b(?:image|file)\b|(?<!\bfor (?:the )?)\bmodel\b)${SENTENCE}){0,120}?\b(?:not found|not exist|doesn'?t exist|no longer exists?|has expired|(?:cannot|can'?t|could not) be found)\b`,
      String.raw`\b(?:no such|unknown|non-?existent) (?:task|generation|job)\b`,
      '任务不存在|任务已过期|(?:未找到|找不到|不存在的?)(?:该)?任务',
    ),
    // A wrong address, or a missing model or parameter.
    unless:
      /\b(?:route|endpoint|path|method|task type)\b|\bcannot (?:get|post|delete)\b|\/[\w-]+\//i,
  },
  {
    kind: 'model-unavailable',
    words: words(...MODEL_UNAVAILABLE),
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

/** Used only when the status says nothing: a success that contains an error, a 400, a 403. */
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
      String.raw`overload|\bbusy\b|maintenance|try again later|temporarily`,
      '繁忙|稍后',
    ),
  },
];

/** A quotation of several words may be the member's prompt, so it is ignored. */
const QUOTATION = /"[^"]*\s[^"]*"|`[^`]*\s[^`]*`|“[^”]*\s[^”]*”/g;

function withoutQuotations(message: string): string {
  return message.replaceAll(QUOTATION, '""');
}

export function wordRuleFor(message: string, rules: readonly WordRule[]): WordRule | undefined {
  const text = withoutQuotations(message).replaceAll('_', ' ');
  return rules.find((rule) => rule.words.test(text) && rule.unless?.test(text) !== true);
}

/** Splits an undocumented code, such as `ModelNotFound`, into words. */
export function inWords(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').replaceAll(/[._-]+/g, ' ');
}

/** Matches codes such as `InputTextSensitiveContentDetected.PolicyViolation` or `InvalidParameter`. */
const CODE_LIKE = /\b[A-Z][a-z]+(?:[A-Z][a-z]+)+(?:\.[A-Za-z]+)?/g;

/** ByteDance's moderation texts: "… the input image may contain real person." */
const MODERATED =
  /\b(input|output) (text|image|video|audio)\b[^.]{0,80}\b(sensitive|platform rules|real person|copyright)/i;

const KINDS_OF_CONTENT: Readonly<Record<string, string>> = {
  'platform rules': '.PolicyViolation',
  'real person': '.PrivacyInformation',
};

/** An account problem that only the operator can fix; relays send it with any status. */
const OVERDUE = /account has an overdue balance/i;

/** Finds ByteDance's code in a relay's sentence, either named there or implied by its text. */
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
  return `${capitalise(direction)}${capitalise(medium)}SensitiveContentDetected${detail}`;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
}
