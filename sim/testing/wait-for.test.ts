import { describe, expect, it } from 'vitest';
import { waitFor } from './wait-for.ts';

describe('waitFor', () => {
  it('returns the first truthy answer', async () => {
    let looks = 0;
    expect(await waitFor(() => ++looks === 3 && `seen at look ${looks}`, 5_000, 'the third look')).toBe(
      'seen at look 3',
    );
  });

  it('takes a throw for "not yet"', async () => {
    let looks = 0;
    const predicate = () => {
      looks += 1;
      if (looks < 3) throw new Error('connection refused');
      return looks;
    };
    expect(await waitFor(predicate, 5_000, 'the server')).toBe(3);
  });

  it('names what it waited for, with the last error as the cause', async () => {
    const predicate = () => Promise.reject(new Error('connection refused'));
    await expect(waitFor(predicate, 0, 'the server')).rejects.toMatchObject({
      message: 'after 0 ms still waiting for the server',
      cause: { message: 'connection refused' },
    });
  });
});
