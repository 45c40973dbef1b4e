import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{protocol,edge-agent,hub,deploy,sim}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks',
    // A test's process lives for seconds in which it loads a program: with V8's small nurseries it does little but collect.
    execArgv: ['--min-semi-space-size=16', '--max-semi-space-size=64'],
    // Generous: a loaded machine must never fail a test. Speed is what `npm run bench` measures.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
