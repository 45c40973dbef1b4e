import { describe, expect, it } from 'vitest';
import { codeIn } from './code-in-message.ts';

describe('the code in a message', () => {
  it('is found among other numbers', () => {
    expect(codeIn('Lobby, door 1234 (column 2)\n\nYour code: 0042 7719\nLinden Court, 6D')).toBe('00427719');
  });

  it('is not a part of a longer number, nor a masked one', () => {
    expect(codeIn('Tracking 12345 67890')).toBeUndefined();
    expect(codeIn('Your code: •••• ••••')).toBeUndefined();
  });
});
