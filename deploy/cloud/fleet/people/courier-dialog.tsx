import { areHours, HoursFields } from '@lockerhub/hub/web/frame/drop-off-hours.tsx';
import { FormDialog } from '@lockerhub/hub/web/frame/form-dialog.tsx';
import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { useSay } from '@lockerhub/hub/web/frame/said.tsx';
import type { FleetCourier } from '@lockerhub/protocol/http/fleet.ts';
import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { addCourier, changeCourier } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';

/** "Ines Duarte (Northline)", or the carrier for whom a code is; that of one which was removed is gone. */
export function nameOf({ carrier, name }: Pick<FleetCourier, 'carrier' | 'name'>): string {
  if (!carrier) return name || '–';
  return name ? `${name} (${carrier})` : carrier;
}

interface CourierDialogProps {
  readonly building: string;
  /** Null: a new one, whose carrier comes with them where it is new. */
  readonly courier: FleetCourier | null;
  readonly onClose: () => void;
}

/** A courier who is added, or the hours of one who is there. */
export function CourierDialog({ building, courier, onClose }: CourierDialogProps) {
  const t = useFleetWords();
  const { t: staff } = useReader();
  const say = useSay();
  const [tried, setTried] = useState(false);
  const [carrier, setCarrier] = useState(courier?.carrier ?? '');
  const [name, setName] = useState(courier?.name ?? '');
  const [hours, setHours] = useState(courier?.hours ?? null);
  const who = nameOf({ carrier: carrier.trim(), name: name.trim() });
  const isWhole = carrier.trim() !== '' && areHours(hours);
  const saving = useMutation({
    mutationFn: async (): Promise<void> => {
      if (courier) return changeCourier(building, courier.courier, { hours });
      await addCourier(building, { carrier, hours, ...(name.trim() ? { name } : {}) });
    },
    onSuccess: () => {
      say(courier ? staff('courierCodes.saved', { who }) : t('people.courierAdded', { who }));
      onClose();
    },
  });
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={courier ? staff('courierCodes.hoursOf', { who }) : staff('people.addCourier')}
      what={courier ? staff('courierCodes.hoursWhat') : t('people.courierWhat')}
      confirm={courier ? staff('courierCodes.save') : staff('people.addCourier')}
      pending={saving.isPending}
      error={saving.error}
      onSubmit={() => {
        setTried(true);
        if (isWhole) saving.mutate();
      }}
    >
      {courier === null && (
        <>
          <TextInput
            label={staff('people.carrier')}
            description={staff('people.carrierHint')}
            required
            data-autofocus
            maxLength={80}
            value={carrier}
            error={tried && carrier.trim() === '' ? staff('rule.required') : undefined}
            onChange={(event) => setCarrier(event.currentTarget.value)}
          />
          <TextInput
            label={staff('people.courierName')}
            description={staff('people.courierNameHint')}
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </>
      )}
      <HoursFields value={hours} onChange={setHours} tried={tried} />
    </FormDialog>
  );
}
