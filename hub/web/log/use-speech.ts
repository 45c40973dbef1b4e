import type { LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import { useMemo } from 'react';
import { useReader } from '../frame/reader.tsx';
import {
  useBuilding,
  useColleagues,
  useCouriers,
  useMe,
  useResidents,
  useTerminals,
} from '../link/queries.ts';
import { createNames } from './names.ts';
import type { Speech } from './speech.ts';

/** What is needed to say entries in words, with the names that this page knows. */
export function useSpeech(entries: readonly LogEntryView[] | undefined): Speech {
  const { t, formats } = useReader();
  const me = useMe(true).data;
  const colleagues = useColleagues().data;
  const building = useBuilding().data;
  const residents = useResidents().data;
  const couriers = useCouriers().data;
  const terminals = useTerminals().data;
  const names = useMemo(
    () => createNames({ me, colleagues, building, residents, couriers, terminals, entries }),
    [me, colleagues, building, residents, couriers, terminals, entries],
  );
  return { t, names, formats };
}
