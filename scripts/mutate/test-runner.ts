/**
 * Runs tests for `session.ts`, one request at a time, in one process: vitest starts once, and only the
 * changed file is transformed again.
 */
import { createVitest, type TestModule, type TestRunResult, type Vitest } from 'vitest/node';

/** Longer than any test takes on a busy machine. */
const TEST_LIMIT_MS = 60_000;

export interface TestRequest {
  /** Absolute paths of the files that may differ from the previous run. */
  readonly changed: readonly string[];
  readonly tests: readonly string[];
}

export interface TestReply {
  /** The first test that failed; `undefined` when all passed. */
  readonly failed?: string;
}

const vitest = await createVitest('test', {
  watch: false,
  project: ['unit', 'scenarios on sqlite'],
  maxWorkers: 1,
  bail: 1,
  testTimeout: TEST_LIMIT_MS,
  hookTimeout: TEST_LIMIT_MS,
  silent: true,
  reporters: [{}],
});

process.on('message', (request: TestRequest) => {
  // A rejection ends the process, which the session treats as a failed run.
  void answer(vitest, request);
});
process.once('disconnect', () => process.exit());

async function answer(runner: Vitest, { changed, tests }: TestRequest): Promise<void> {
  for (const file of changed) runner.invalidateFile(file);
  const found = await runner.globTestSpecifications([...tests]);
  const specifications = found.filter(({ project }) => project.name !== 'scenarios on postgres');
  if (specifications.length === 0) throw new Error(`no test is named ${tests.join(' ')}`);
  const asked = new Set(specifications.map(({ moduleId }) => moduleId));
  const failed = failedTest(await runner.runTestSpecifications(specifications), asked);
  process.send?.(failed === undefined ? {} : { failed });
}

/** Omits the modules of earlier runs, which vitest reports as well. */
function failedTest(
  { testModules, unhandledErrors }: TestRunResult,
  asked: ReadonlySet<string>,
): string | undefined {
  for (const module of testModules) {
    if (asked.has(module.moduleId) && module.state() === 'failed') return firstIn(module);
  }
  return unhandledErrors.length === 0 ? undefined : 'an unhandled error';
}

/** A file that does not load has no failed test. */
function firstIn(module: TestModule): string {
  const first = module.children.allTests('failed').next().value;
  const { relativeModuleId } = module;
  return first === undefined ? relativeModuleId : `${relativeModuleId} > ${first.fullName}`;
}
