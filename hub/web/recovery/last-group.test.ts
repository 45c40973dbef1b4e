import { expect, it } from 'vitest';
import { isLastGroup } from './last-group.ts';

const KEY = '7K3MQ-2ZV8R-WXT4H-J0001-AAAAA-BBBBB-C0D1E';

it.each(['C0D1E', ' c0d1e ', 'COD1E', 'c0dle', 'C0-D1E'])('knows %j as the last group', (typed) => {
  expect(isLastGroup(KEY, typed)).toBe(true);
});

it.each(['', 'C0D1', 'BBBBB', 'C0D1F', 'BBBBB-C0D1E'])('does not take %j for it', (typed) => {
  expect(isLastGroup(KEY, typed)).toBe(false);
});
