/** A vendor no longer serves a model: members lose nothing, and everyone is told once. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, test } from 'vitest';

import { LEVELS } from './bot-log.ts';
import { scenario, type Scenario } from './harness.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const PROGRAM = fileURLToPath(new URL('../../src/operator/vendors.ts', import.meta.url));

function refuseModel({ vendor }: Scenario): void {
  vendor.inject({ on: 'create', kind: 'status', status: 404, code: 'ModelNotOpen' });
}

async function runVendorsCommand({ environment, folder }: Scenario): Promise<string> {
  const { DISCORD_TOKEN: _notNeeded, ...settings } = environment;
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM], {
    cwd: folder,
    env: { ...settings, NODE_NO_WARNINGS: '1' },
  });
  return stdout;
}

describe.concurrent('a model that the vendor refuses', () => {
  test('a refused model is replaced within the same job, and not requested again', () =>
    scenario({}, async (s) => {
      refuseModel(s);
      const first = await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);
      const second = s.video({ prompt: `${PROMPT} again` }, s.bob);
      await second.until(({ media }) => media.length > 0);

      expect(first.text).toContain(
        '2.0-mini is not available here right now; made with 1.0-pro-fast.',
      );
      expect(s.vendor.tasks.map(({ model }) => model)).toEqual([
        expect.stringContaining('1-0-pro-fast'),
        expect.stringContaining('1-0-pro-fast'),
      ]);
      expect(s.vendor.journal.filter(({ route }) => route === 'create')).toHaveLength(3);
    }));

  test('a refused model with its own route, as at Pixazo, leaves the key its other models', () =>
    scenario({ vendor: { dialect: 'pixazo' } }, async (s) => {
      // Its message: the subscription does not have access to this API.
      s.vendor.inject({ on: 'create', kind: 'status', status: 403, code: 'AccessDenied' });
      const first = await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);
      const second = s.video({ prompt: `${PROMPT} again` }, s.bob);
      await second.until(({ media }) => media.length > 0);

      expect(first.text).toContain('2.0-mini is not available here right now');
      expect(s.vendor.tasks.map(({ model }) => model)).toEqual([
        'seedance-1-0-lite-t2v-250428',
        'seedance-2-0-fast',
      ]);
      expect(s.vendor.journal.filter(({ route }) => route === 'create')).toHaveLength(3);
    }));

  test('a refused model is reported to the operator once, and to moderators and members who ask', () =>
    scenario({}, async (s) => {
      refuseModel(s);
      await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);

      const alerts = s.lines.filter(
        ({ level, msg }) => level >= LEVELS.error && /withdrawn/.test(msg),
      );
      expect(alerts).toHaveLength(1);
      const models = await s.alice.runs('models').until(({ text }) => text.includes('Models you'));
      expect(models.text).toMatch(
        /2\.0-mini at BytePlus ModelArk: the service says the model is retired/,
      );
      expect(models.text).not.toMatch(/- 2\.0-mini: text/);
      expect(await runVendorsCommand(s)).toMatch(
        /2\.0-mini .*withdrawn by the vendor .*ModelNotOpen/,
      );
    }));

  test('a typed model that is refused ends the job with a button for the nearest one, which works once', () =>
    scenario({}, async (s) => {
      refuseModel(s);
      const reply = s.video({ prompt: PROMPT, model: '2.0-mini' });
      const failed = await reply.until(({ buttons }) =>
        buttons.some(({ label }) => label?.startsWith('Make it with') === true),
      );

      expect(failed.text).toContain('no longer offers this model');
      expect(failed.text).toContain('Nothing was charged');
      const label = failed.buttons.find(({ label: each }) =>
        each?.startsWith('Make it with'),
      )?.label;
      const made = await s.alice.clicks(reply, label ?? '').until(({ media }) => media.length > 0);
      expect(made.media).toHaveLength(1);
      const refusal = await s.alice.clicks(reply, label ?? '').refusal();
      expect(refusal).toMatch(/was already made|is already being made/);
      expect(s.vendor.tasks).toHaveLength(1);
    }));
});
