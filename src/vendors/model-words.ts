/**
 * Patterns of sentences that say that a model is retired or not activated for the account. A match
 * withdraws the offer, so a refusal of a length or parameter must not match. Pure.
 */

/** A character within a sentence; the dot in a model's name does not end one. */
export const SENTENCE = String.raw`(?:[^.;。；]|\.(?=\S))`;

/** The word "model", or a model's name or id. */
const MODEL = String.raw`(?:\bmodels?\b|\b(?:[\w-]*-)?seedance\b[\w-]*)`;

/** Words that show that the message is not about the model itself. */
const OTHER_SUBJECT = String.raw`(?:[:,] ?\d{3,4}p\b|\b(?:parameters?|resolution|duration|ratio|aspect|seed|audio|frames?|format|length|seconds?|role|draft|tier|flex|field|option|input|prompt|image(?!-to)|picture|file|url|link|tasks?|user|key|content|\d{1,2}:\d{1,2}|4k)\b)`;

const GONE = String.raw`\b(?:not found|(?:does )?not exist|doesn'?t exist|no longer (?:exists?|available|supported|offered|served)|(?:not|isn'?t) (?:available|supported|activated|open(?:ed)?|enabled|valid|recogni[sz]ed)|not (?:been )?(?:activated|opened|enabled)|not an? (?:valid|known|supported|available|recogni[sz]ed) model|unavailable|unsupported|unknown|(?:is|was) invalid|deprecated|retired|discontinued|decommissioned|sunset|shut ?down|offline|removed|disabled|end[- ]of[- ]life)\b`;

const CHINESE_GONE =
  '(?:不存在|未找到|未开通|未激活|未启用|下线|停用|停服|停止(?:服务|使用)|退役|废弃|弃用|已失效|已关闭|不可用|无权|没有权限|无可用渠道)';

/** Alternatives of a case-insensitive regular expression. */
export const MODEL_UNAVAILABLE: readonly string[] = [
  String.raw`${MODEL}(?:(?!${OTHER_SUBJECT})${SENTENCE}){0,160}?${GONE}`,
  String.raw`\b(?:unknown|invalid|unsupported|no such|non-?existent|unrecogni[sz]ed|deprecated|retired|disabled|unavailable) (?:\w+ )?models?\b(?! parameters?)`,
  String.raw`\bnot found:? (?:the )?models?\b`,
  String.raw`\bnot (?:been )?(?:activated|opened|enabled|subscribed to) (?:the |this )?models?\b`,
  String.raw`\bno (?:available |valid )?(?:channels?|providers?|distributors?)\b${SENTENCE}{0,80}?\bmodels?\b`,
  String.raw`\b(?:no|not have|n'?t have) (?:access|permission)\b${SENTENCE}{0,30}?${MODEL}`,
  String.raw`\bnot (?:authori[sz]ed|allowed|permitted|entitled) to (?:use|access|call)\b${SENTENCE}{0,30}?${MODEL}`,
  String.raw`\bmodel access (?:is )?denied\b`,
  String.raw`\baccess to (?:the |this )?models?\b${SENTENCE}{0,60}?\b(?:denied|disabled|not allowed)\b`,
  // Messages of validators about a model that is not in their list.
  String.raw`\bmodel: (?:invalid|unknown|unsupported|input should be)`,
  String.raw`\bmodel must be (?:one of|a valid)\b`,
  String.raw`\binvalid (?:enum value|option|discriminator value)[^;]{0,1500}?(?:→ at model\b|received ['"][^'"]*seedance)`,
  String.raw`模型[^。；]{0,80}(?:${CHINESE_GONE}|不支持\s*(?:[。；，,!！]|$))`,
  String.raw`(?:不存在|无效|未知|未找到|找不到|(?:^|[：:，,。；]\s*)(?:当前|暂)?(?:不支持|没有))(?:的|该|此|这个|指定的)?模型(?!参数)`,
  String.raw`(?:没有|无)[^。；]{0,12}模型[^。；]{0,12}权限|无可用渠道`,
];
