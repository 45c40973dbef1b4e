import { describe, expect, it } from 'vitest';
import { theme } from './theme.ts';

/** Relative luminance and contrast after WCAG 2.2. */
function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
function shade(color: string, index: number): string {
  const hex = theme.colors?.[color]?.[index];
  if (!hex) throw new Error(`no shade ${index} of ${color}`);
  return hex;
}

describe('the theme', () => {
  const paper = shade('gray', 0);
  const night = shade('dark', 8);
  const card = shade('dark', 7);

  it.each([
    ['ink on paper', shade('gray', 9), paper],
    ['dimmed on paper', shade('gray', 6), paper],
    ['dimmed on quiet paper', shade('gray', 6), shade('gray', 1)],
    ['error on paper', shade('clay', 6), paper],
    ['white on pine', '#ffffff', shade('pine', 7)],
    ['white on clay', '#ffffff', shade('clay', 7)],
    ['ink on brass', shade('gray', 9), shade('brass', 4)],
    ['night text', shade('dark', 0), night],
    ['night text on a card', shade('dark', 0), card],
    ['night dimmed on a card', shade('dark', 2), card],
    ['night error on a card', shade('clay', 3), card],
    ['ink on night pine', shade('gray', 9), shade('pine', 4)],
    ['pine as text at night', shade('pine', 4), card],
    ['pine as text on paper', shade('pine', 7), paper],
  ])('is readable: %s', (_pair, text, ground) => {
    expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
  });

  it('names no font that would have to be fetched', () => {
    expect(theme.fontFamily).not.toMatch(/url|http/);
  });
});
