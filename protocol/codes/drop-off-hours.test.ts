import { describe, expect, it } from 'vitest';
import { DropOffHours, isWithinHours, WEEKDAYS } from './drop-off-hours.ts';

const hoursOf = (fromHour: number, untilHour: number, days: number[] = [...WEEKDAYS]) => {
  const within = DropOffHours.parse({ days, fromHour, untilHour });
  return Array.from({ length: 24 }, (_, hour) => hour).filter((hour) =>
    isWithinHours(within, { hour, weekday: 3 }),
  );
};

describe('the hours of a courier’s code', () => {
  it('reach from one hour to before another, over midnight too, or all day', () => {
    expect(hoursOf(8, 11)).toEqual([8, 9, 10]);
    expect(hoursOf(22, 2)).toEqual([0, 1, 22, 23]);
    expect(hoursOf(0, 24)).toHaveLength(24);
    expect(hoursOf(7, 7)).toHaveLength(24);
  });

  it('are on the days that were named alone', () => {
    expect(hoursOf(8, 11, [1, 2])).toEqual([]);
    expect(hoursOf(8, 11, [3])).toEqual([8, 9, 10]);
  });
});
