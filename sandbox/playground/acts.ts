/** Actions of people on the page, executed as members of the sandbox’s Discord. */
import { z } from 'zod';

import type { Member } from '../discord/actors.ts';
import { file, type OptionValue, type SandboxFile } from '../discord/command-options.ts';
import type { FieldValue } from '../discord/people/form.ts';
import type { Reply } from '../discord/reply.ts';
import { NeverHappened } from '../discord/waiting.ts';
import { readJson } from './http.ts';
import type { ActAnswer } from './protocol.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Where it happens: a channel by its name, or the direct messages with the bot. */
const where = {
  channel: z.string().optional(),
  isDirect: z.boolean().optional(),
};

const actSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('command'),
    /** With its subcommands: `quota user`. */
    name: z.string(),
    options: z.record(z.string(), scalar),
    ...where,
  }),
  z.object({
    kind: z.literal('autocomplete'),
    name: z.string(),
    focused: z.string(),
    text: z.string(),
    options: z.record(z.string(), scalar),
    ...where,
  }),
  z.object({ kind: z.literal('message-command'), name: z.string(), messageId: z.string() }),
  z.object({ kind: z.literal('user-command'), name: z.string(), userId: z.string(), ...where }),
  z.object({ kind: z.literal('press'), messageId: z.string(), customId: z.string() }),
  z.object({
    kind: z.literal('choose'),
    messageId: z.string(),
    customId: z.string(),
    values: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('submit'),
    /** From the interaction that opened the form. */
    interactionId: z.string(),
    values: z.record(z.string(), z.union([z.string(), z.boolean(), z.array(z.string())])),
  }),
  z.object({ kind: z.literal('say'), content: z.string(), ...where }),
]);
export type Act = z.infer<typeof actSchema>;

/** Files by the name of their option or field. */
export type ActFiles = ReadonlyMap<string, readonly SandboxFile[]>;

/** Discord’s client waits for suggestions as long as for any response. */
const SUGGESTIONS_WITHIN_MS = 3_000;

export class Acts {
  /** The interaction that opened a form is needed again when the form is submitted. */
  readonly #replies = new Map<string, Reply>();
  /** The name of each command, by the interaction that ran it. */
  readonly commandNames = new Map<string, string>();

  /** Throws `NotOffered` for what Discord’s client would refuse. */
  async perform(member: Member, act: Act, files: ActFiles): Promise<ActAnswer> {
    if (act.kind === 'autocomplete') return suggestions(member, act);
    if (act.kind === 'say') {
      const attachments = [...files.values()].flat();
      member.says(act.content, { ...placeOf(act), attachments });
      return {};
    }
    const reply = this.#reply(member, act, files);
    this.#replies.set(reply.interactionId, reply);
    if ('name' in act)
      this.commandNames.set(
        reply.interactionId,
        act.kind === 'command' ? `/${act.name}` : act.name,
      );
    return { interactionId: reply.interactionId };
  }

  #reply(
    member: Member,
    act: Exclude<Act, { kind: 'autocomplete' | 'say' }>,
    files: ActFiles,
  ): Reply {
    switch (act.kind) {
      case 'command': {
        const picked = [...files].flatMap(([name, [one]]) =>
          one === undefined ? [] : [[name, one] as const],
        );
        const options: Record<string, OptionValue> = {
          ...act.options,
          ...Object.fromEntries(picked),
        };
        return member.runs(act.name, options, placeOf(act));
      }
      case 'message-command':
        return member.runsOnMessage(act.name, { id: act.messageId });
      case 'user-command':
        return member.runsOnUser(act.name, act.userId, placeOf(act));
      case 'press':
        return member.forgesClick({ id: act.messageId }, act.customId);
      case 'choose':
        return member.chooses({ id: act.messageId }, act.customId, act.values);
      case 'submit': {
        const opener = this.#replies.get(act.interactionId);
        if (opener === undefined) throw new Error(`No form was opened by ${act.interactionId}`);
        const values: Record<string, FieldValue> = { ...act.values, ...Object.fromEntries(files) };
        return member.submits(opener, values);
      }
      default:
        return act satisfies never;
    }
  }
}

async function suggestions(
  member: Member,
  act: Extract<Act, { kind: 'autocomplete' }>,
): Promise<ActAnswer> {
  try {
    const choices = await member.suggestionsFor({
      commandName: act.name,
      focusedOption: act.focused,
      options: { ...act.options, [act.focused]: act.text },
      timeoutMs: SUGGESTIONS_WITHIN_MS,
      ...placeOf(act),
    });
    return { choices };
  } catch (error) {
    if (!(error instanceof NeverHappened)) throw error;
    return { error: 'Loading options failed' };
  }
}

function placeOf({
  channel,
  isDirect,
}: {
  channel?: string | undefined;
  isDirect?: boolean | undefined;
}) {
  return { channel, isDirect };
}

/** Parses an act and its files from the body of a request. Throws for a body of another format. */
export async function readAct(form: FormData): Promise<{ act: Act; files: ActFiles }> {
  const act = actSchema.parse(readJson(form));
  const files = new Map<string, SandboxFile[]>();
  for (const [name, value] of form.entries()) {
    if (typeof value === 'string') continue;
    const bytes = new Uint8Array(await value.arrayBuffer());
    files.set(name, [...(files.get(name) ?? []), file(value.name, bytes)]);
  }
  return { act, files };
}
