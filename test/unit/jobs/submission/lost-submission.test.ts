import { describe, expect, test } from 'vitest';

import { findOwnTask, EARLIEST_MS, LATEST_MS } from '#src/jobs/submission/lost-submission.ts';
import type { ListedTask } from '#src/vendors/vendor.ts';

import { aJob, aRequest, aSubmission } from '../../../fakes/job.ts';

const submission = aSubmission({ expiresAfterSeconds: 170_123 });
const job = aJob({ state: 'submitting', submissions: [submission] });

function listed(overrides: Partial<ListedTask> = {}): ListedTask {
  return {
    handle: { taskId: 'found' },
    wireModel: 'seedance-1.0-pro',
    createdAtMs: submission.startedAtMs,
    expiresAfterSeconds: 170_123,
    seed: 42,
    resolution: '720p',
    ratio: '16:9',
    status: { status: 'queued' },
    ...overrides,
  };
}

const adopted = (tasks: ListedTask[], ours = job) =>
  findOwnTask(ours, submission, { tasks, wireModel: 'seedance-1.0-pro' })?.handle.taskId;

describe('adopting a task after an unknown create outcome', () => {
  test('a task that echoes the whole submission is adopted', () => {
    expect(adopted([listed()])).toBe('found');
  });

  test.each(['expiresAfterSeconds', 'seed', 'resolution', 'ratio'] as const)(
    'a task is adopted when its %s is not echoed',
    (field) => {
      expect(adopted([listed({ [field]: undefined })])).toBe('found');
    },
  );

  test.each([-EARLIEST_MS, LATEST_MS])(
    'a task made close to the time of the call is adopted: %d ms',
    (offsetMs) => {
      expect(adopted([listed({ createdAtMs: submission.startedAtMs + offsetMs })])).toBe('found');
    },
  );

  test('a task is adopted whatever ratio an adaptive one became', () => {
    const adaptive = aJob({ ...job, request: aRequest({ ratio: 'adaptive' }) });

    expect(adopted([listed({ ratio: '3:4' })], adaptive)).toBe('found');
  });

  test('a task is adopted in any status', () => {
    expect(
      adopted([listed({ status: { status: 'failed', kind: 'unavailable', code: 'X' } })]),
    ).toBe('found');
  });

  test('a task is adopted when other tasks around it do not match', () => {
    const other = listed({ handle: { taskId: 'other' }, expiresAfterSeconds: 170_124 });

    expect(adopted([other, listed(), { ...other, handle: { taskId: 'third' } }])).toBe('found');
  });
});

describe('adopting the task of a final', () => {
  const final = aJob({ ...job, request: aRequest({ draftTaskId: 'cgt-draft', isDraft: false }) });

  test('a task that names the draft is adopted, even without any other tag', () => {
    const bare = listed({
      expiresAfterSeconds: undefined,
      seed: undefined,
      resolution: undefined,
      ratio: undefined,
      draftTaskId: 'cgt-draft',
    });

    expect(adopted([bare], final)).toBe('found');
  });

  test('a task that names the draft is preferred to one that names none', () => {
    const named = listed({ handle: { taskId: 'named' }, draftTaskId: 'cgt-draft' });

    expect(adopted([listed(), named], final)).toBe('named');
  });

  test('a running task, which does not name its draft yet, is adopted by its tags', () => {
    expect(adopted([listed()], final)).toBe('found');
  });

  test.each([
    ['the final of another draft', { draftTaskId: 'cgt-other' }],
    ['another final of the same draft', { draftTaskId: 'cgt-draft', expiresAfterSeconds: 170_124 }],
    ['the same at another resolution', { draftTaskId: 'cgt-draft', resolution: '1080p' }],
  ])('%s is not adopted', (_what, fields) => {
    expect(adopted([listed(fields)], final)).toBeUndefined();
  });

  test('nothing is adopted when two tasks name the draft', () => {
    const named = { draftTaskId: 'cgt-draft' };
    const twins = [listed(named), listed({ ...named, handle: { taskId: 'twin' } })];

    expect(adopted(twins, final)).toBeUndefined();
  });
});

describe('tasks that must not be adopted', () => {
  test('the task of a final is not adopted for a job that is not a final', () => {
    expect(adopted([listed({ draftTaskId: 'cgt-draft' })])).toBeUndefined();
  });

  test.each([
    { what: 'another tag', fields: { expiresAfterSeconds: 170_124 } },
    { what: 'another seed', fields: { seed: 43 } },
    { what: 'another resolution', fields: { resolution: '1080p' } },
    { what: 'another ratio', fields: { ratio: '1:1' } },
    { what: 'another model', fields: { wireModel: 'seedance-1.5-pro' } },
    {
      what: 'a time that is too early',
      fields: { createdAtMs: submission.startedAtMs - EARLIEST_MS - 1 },
    },
    {
      what: 'a time that is too late',
      fields: { createdAtMs: submission.startedAtMs + LATEST_MS + 1 },
    },
  ])('a task with $what is not adopted', ({ fields }) => {
    expect(adopted([listed(fields)])).toBeUndefined();
  });

  test('nothing is adopted when two tasks match', () => {
    expect(adopted([listed(), listed({ handle: { taskId: 'twin' } })])).toBeUndefined();
  });

  test('nothing is adopted when no task exists, or the vendor no longer offers the model', () => {
    expect(adopted([])).toBeUndefined();
    expect(
      findOwnTask(job, submission, { tasks: [listed()], wireModel: undefined }),
    ).toBeUndefined();
  });
});
