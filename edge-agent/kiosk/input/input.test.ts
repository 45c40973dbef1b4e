import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { describe, expect, it } from 'vitest';
import { digitCount, groupedCode } from './code-text.ts';
import { Keys } from './keys.ts';
import { looksLikeTracking, shortTracking } from './tracking.ts';

function keyboard() {
  const clock = new VirtualClock(0);
  const heard: string[] = [];
  const keys = new Keys({
    clock,
    onScan: (text) => heard.push(`scan ${text}`),
    onKey: (key) => heard.push(`key ${key}`),
  });
  const type = async (text: string, gapMs: number) => {
    for (const key of text) {
      keys.press(key);
      await clock.advance(gapMs);
    }
  };
  return { keys, heard, type };
}

describe('keys on a screen without a field', () => {
  it('takes a burst that ends with Enter as a scan', async () => {
    const { keys, heard, type } = keyboard();
    await type('1Z999AA10123456784', 50);
    keys.press('Enter');
    expect(heard).toEqual(['scan 1Z999AA10123456784']);
  });

  it('takes a lone digit and a lone Enter as a person’s', async () => {
    const { keys, heard, type } = keyboard();
    await type('2', 500);
    keys.press('Enter');
    expect(heard).toEqual(['key 2', 'key Enter']);
  });

  it('chooses nothing by a burst without an end, nor by keys that write nothing', async () => {
    const { keys, heard, type } = keyboard();
    await type('1234', 20);
    await type(' ', 500);
    keys.press('Shift');
    await type('', 500);
    expect(heard).toEqual([]);
  });

  it('keeps no more of an endless scan than it may', async () => {
    const { keys, heard, type } = keyboard();
    await type('7'.repeat(5_000), 1);
    keys.press('Enter');
    expect(heard).toEqual([`scan ${'7'.repeat(120)}`]);
  });
});

describe('what is typed and scanned', () => {
  it.each(['1Z999AA10123456784', 'JD014600003SE', '00340434161094042557', '9400 1000 0000 0000 0000 00'])(
    'knows a tracking number: %s',
    (text) => expect(looksLikeTracking(text)).toBe(true),
  );
  it.each(['12B', 'Okonkwo', 'Unit 12', '101', 'van der Berg', ''])('knows a unit or a name: %s', (text) =>
    expect(looksLikeTracking(text)).toBe(false),
  );
  it('shows a tracking number short enough to compare', () => {
    expect(shortTracking('1Z999AA10123456784')).toBe('1Z99…6784');
    expect(shortTracking('JD0146003SE')).toBe('JD0146003SE');
  });

  it('groups a code, and leaves what is none as it is', () => {
    expect(groupedCode('12345678')).toBe('1234 5678');
    expect(groupedCode('1234 5')).toBe('1234 5');
    expect(groupedCode('1234')).toBe('1234');
    expect(groupedCode('123456789')).toBe('123456789');
    expect(groupedCode('LH:1234 5678')).toBe('LH:1234 5678');
    expect([digitCount('1234 5678'), digitCount('12a')]).toEqual([8, undefined]);
  });
});
