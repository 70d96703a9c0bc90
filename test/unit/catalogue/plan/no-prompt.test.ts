import { describe, expect, test } from 'vitest';

import { text } from '#src/text/text.ts';
import { whyUnsupported } from '#src/vendors/check-capabilities.ts';
import { modelAt } from '#src/vendors/model-at.ts';

import { FIRST, BOTH, VIDEO, plan, refusalOf, type Here } from '../../../fakes/plan.ts';

/** The offers of a bot with these vendors. */
function at(...vendors: string[]): Here {
  const models = vendors.flatMap((vendor) => modelAt(vendor, '2.0') ?? []);
  return {
    offers: models.map((model) => ({ model, isUp: true, isRetiredUpstream: false })),
  };
}

describe('a request without a prompt', () => {
  test.each([[FIRST], [BOTH], [VIDEO], [['reference_image'] as const]])(
    'a request without a prompt is planned with %j',
    (inputs) => {
      const request = plan({ prompt: '', inputs });

      expect(request.prompt).toBe('');
      expect(whyUnsupported('byteplus', request)).toBeUndefined();
    },
  );

  test.each([' \n', '\u200b', '--dur 6'])(
    'a prompt of %j counts as empty, and none is sent',
    (prompt) => {
      expect(plan({ prompt, model: '2.0', inputs: FIRST }).prompt).toBe('');
    },
  );

  test('a request without a prompt keeps the options of its flags', () => {
    expect(plan({ prompt: '--dur 6', model: '2.0', inputs: FIRST }).length).toEqual({
      unit: 'seconds',
      seconds: 6,
    });
  });

  test('a request without a prompt is refused when every vendor requires one', () => {
    expect(refusalOf(() => plan({ prompt: '', model: '2.0', inputs: FIRST }, at('aimlapi')))).toBe(
      'Here, 2.0 needs a prompt. Say what the video should show.',
    );
    expect(refusalOf(() => plan({ prompt: '', inputs: FIRST }, at('kyyaipower')))).toContain(
      'Say what the video should show.',
    );
  });

  test('a request without a prompt skips the vendors that require one', () => {
    const request = plan({ prompt: '', inputs: FIRST }, at('aimlapi', 'byteplus'));

    expect(request.ratio).toBe('adaptive');
    expect(whyUnsupported('aimlapi', { ...request, ratio: '16:9' })).toEqual({
      clauses: [text('plan:needsPrompt', { model: '2.0' })],
    });
    expect(whyUnsupported('byteplus', request)).toBeUndefined();
  });
});
