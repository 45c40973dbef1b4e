import { Button } from '@mantine/core';
import { IconScan } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './camera.module.css';
import { useHasCamera } from './use-camera.ts';

/** Beside a field: one touch, and the camera reads. Nothing where this screen has none. */
export function CameraButton({
  disabled,
  onChoose,
}: {
  readonly disabled: boolean;
  readonly onChoose: () => void;
}) {
  const { t } = useTranslation('kiosk');
  const has = useHasCamera();
  if (!has) return null;
  return (
    <Button
      className={classes.button}
      variant="default"
      radius="lg"
      disabled={disabled}
      aria-label={t('camera.scan')}
      onClick={onChoose}
    >
      <IconScan size={32} aria-hidden />
      <span className={classes.buttonWord}>{t('camera.scanShort')}</span>
    </Button>
  );
}
