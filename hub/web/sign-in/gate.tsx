import { Center, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { useReader } from '../frame/reader.tsx';
import { Failed } from '../frame/states.tsx';
import { isSignedOut } from '../link/hub-error.ts';
import { useMe, useSetupState } from '../link/queries.ts';
import { Door } from './door.tsx';
import { SetupForm } from './setup-form.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Lets in who is signed in; an empty building is set up first. */
export function Gate({ children }: { readonly children: ReactNode }) {
  const { t } = useReader();
  const setup = useSetupState();
  const needed = setup.data?.needed;
  const me = useMe(needed === false);

  if (needed === true) return <SetupForm />;
  if (isSignedOut(me.error)) return <SignInForm />;
  if (me.data) return children;
  const failed = setup.isError ? setup : me.isError ? me : null;
  if (failed) {
    return (
      <Door title={t('product')}>
        <Failed error={failed.error} again={() => void failed.refetch()} />
      </Door>
    );
  }
  return (
    <Center h="100dvh">
      <Loader aria-label={t('state.loading')} />
    </Center>
  );
}
