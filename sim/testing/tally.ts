import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

/** How a run of tests went. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** Full names of what was not run. */
  readonly skipped: readonly string[];
}

/**
 * Counts a finished run. A file that could not be loaded, a hook that failed outside a test and an error that
 * nobody caught count as one failure each: none of them may hide behind tests that passed.
 */
export function tallyOf(
  modules: readonly TestModule[],
  unhandledErrors: readonly SerializedError[] = [],
): Tally {
  let passed = 0;
  let failed = unhandledErrors.length;
  const skipped: string[] = [];
  for (const module of modules) {
    failed += module.errors().length;
    for (const suite of module.children.allSuites()) failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') passed += 1;
      else if (state === 'skipped') skipped.push(`${module.relativeModuleId} > ${test.fullName}`);
      else failed += 1;
    }
  }
  return { passed, failed, skipped };
}

/** A reporter that keeps the tally of the last run. */
export class TallyReporter implements Reporter {
  tally: Tally | undefined;

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    this.tally = tallyOf(modules, unhandledErrors);
  }
}

/** What is printed of a tally: the skips by name, then, as the last line, the counts. */
export function linesOf({ passed, failed, skipped }: Tally): string[] {
  const skips =
    skipped.length === 0 ? [] : [`${skipped.length} skipped:`, ...skipped.map((name) => `  ${name}`)];
  return [...skips, `${passed} passed, ${failed} failed`];
}

/** Green: something ran, nothing failed, and nothing was skipped if that is not allowed. */
export function isGreen({ passed, failed, skipped }: Tally, allowSkips: boolean): boolean {
  return passed > 0 && failed === 0 && (allowSkips || skipped.length === 0);
}
