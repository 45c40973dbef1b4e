import type { CourierView } from '@lockerhub/protocol/http/staff.ts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { areHours, HoursFields } from '../frame/drop-off-hours.tsx';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { keys } from '../link/keys.ts';
import { changeCourier } from '../link/requests.ts';

interface CourierHoursProps {
  readonly courier: CourierView;
  readonly name: string;
  readonly onClose: () => void;
}

/** When a courier's code begins a visit: in the building's hours, or in hours of its own. */
export function CourierHours({ courier, name, onClose }: CourierHoursProps) {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [hours, setHours] = useState(courier.hours);
  const [tried, setTried] = useState(false);
  const saving = useMutation({
    mutationFn: () => changeCourier(courier.courier, { hours }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.couriers });
      say(t('courierCodes.saved', { who: name }));
      onClose();
    },
  });
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('courierCodes.hoursOf', { who: name })}
      what={t('courierCodes.hoursWhat')}
      confirm={t('courierCodes.save')}
      pending={saving.isPending}
      error={saving.error}
      onSubmit={() => {
        setTried(true);
        if (areHours(hours)) saving.mutate();
      }}
    >
      <HoursFields value={hours} onChange={setHours} tried={tried} />
    </FormDialog>
  );
}
