import type { PlaceWords } from '@lockerhub/protocol/bank/layout.ts';
import type { TFunction } from 'i18next';

/** Texts about doors: `useTranslation('doors').t`. */
export type DoorWords = TFunction<'doors'>;

/** Where a column is, counted from the nearer side; left and right are the building's, in every script. */
function columnInWords(t: DoorWords, columnFromLeft: number, columns: number): string {
  const columnFromRight = columns - columnFromLeft + 1;
  if (columnFromLeft === 1) return t('column.leftmost');
  if (columnFromRight === 1) return t('column.rightmost');
  if (columnFromLeft === columnFromRight) return t('column.middle');
  if (columnFromLeft < columnFromRight) {
    if (columnFromLeft === 2) return t('column.secondFromLeft');
    if (columnFromLeft === 3) return t('column.thirdFromLeft');
    return t('column.fromLeft', { n: columnFromLeft });
  }
  if (columnFromRight === 2) return t('column.secondFromRight');
  if (columnFromRight === 3) return t('column.thirdFromRight');
  return t('column.fromRight', { n: columnFromRight });
}

/** "second from the left, knee height": where to look, without the number. */
export function whereInWords(t: DoorWords, place: PlaceWords): string[] {
  const height = t(`height.${place.band}`);
  return place.columns === 1 ? [height] : [columnInWords(t, place.columnFromLeft, place.columns), height];
}

/** "Door 12, second from the left, knee height"; of a room, which one walks into, no height. */
export function placeInWords(t: DoorWords, place: PlaceWords, isOfRoom = false): string {
  const door = t('door', { number: place.number });
  if (isOfRoom) {
    if (place.columns === 1) return door;
    return t('placeOfRoom', { door, column: columnInWords(t, place.columnFromLeft, place.columns) });
  }
  const height = t(`height.${place.band}`);
  if (place.columns === 1) return t('placeOneColumn', { door, height });
  return t('place', { door, column: columnInWords(t, place.columnFromLeft, place.columns), height });
}
