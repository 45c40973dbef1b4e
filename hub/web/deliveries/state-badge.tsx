import { DELIVERY_STATES, type DeliveryView } from '@lockerhub/protocol/http/staff.ts';
import { Badge } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconCheck,
  IconHourglass,
  IconPackageImport,
} from '@tabler/icons-react';
import { useReader } from '../frame/reader.tsx';

type State = DeliveryView['state'];

const SIGNS: Record<State, readonly [typeof IconCheck, string]> = {
  assigned: [IconPackageImport, 'blue'],
  deposited: [IconHourglass, 'brass'],
  collected: [IconCheck, 'pine'],
  missing: [IconAlertTriangle, 'red'],
  withdrawn: [IconArrowBackUp, 'gray'],
};

const isState = (state: string): state is State => DELIVERY_STATES.some((known) => known === state);

/** A delivery's state by word, sign and colour, whole at any width. A state that this page does not know is written as it is. */
export function StateBadge({ state }: { readonly state: string }) {
  const { t } = useReader();
  if (!isState(state)) return <Badge variant="outline">{state}</Badge>;
  const [Icon, color] = SIGNS[state];
  return (
    <Badge
      variant="light"
      color={color}
      leftSection={<Icon size={13} aria-hidden />}
      flex="none"
      miw="max-content"
    >
      {t(`delivery.state.${state}`)}
    </Badge>
  );
}
