import type { DeliveryView } from '@lockerhub/protocol/http/staff.ts';
import type { Reader } from '../frame/reader.tsx';

/** Who brought a parcel. Of a carrier that was removed the name is gone; that one brought it is not. */
export function carrierName(
  { t }: Pick<Reader, 't'>,
  { carrier, carrierRemoved }: Pick<DeliveryView, 'carrier' | 'carrierRemoved'>,
): string {
  return carrier ?? t(carrierRemoved ? 'delivery.removedCarrier' : 'delivery.unknownCarrier');
}
