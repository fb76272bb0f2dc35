import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node';

/** Prints the run's last line, `N passed, N failed`, from the results themselves; `, N skipped` only where there are any. */
export default class ClosingLine implements Reporter {
  #line = '';

  onInit(): void {
    // Printed at the very end, after the other reporters' summaries.
    process.once('exit', () => {
      if (this.#line !== '') process.stdout.write(`${this.#line}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[], reason: TestRunEndReason): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) addModule(count, module);
    if (reason !== 'passed' && count.failed === 0) count.failed = 1;
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    this.#line = `${count.passed} passed, ${count.failed} failed${skipped}`;
  }
}

/** A file that failed outside its tests (an import, a hook) is a failure of its own; a test that never ran is one as well. */
function addModule(count: { passed: number; failed: number; skipped: number }, module: TestModule): void {
  let failedTests = 0;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed') count.passed += 1;
    else if (state === 'skipped') count.skipped += 1;
    else failedTests += 1;
  }
  count.failed += failedTests === 0 && module.state() === 'failed' ? 1 : failedTests;
}
