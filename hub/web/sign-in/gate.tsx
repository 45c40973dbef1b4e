import { Center, Loader } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Door } from '../frame/door.tsx';
import { useReader } from '../frame/reader.tsx';
import { SignInForm } from '../frame/sign-in-form.tsx';
import { Failed } from '../frame/states.tsx';
import { isSignedOut } from '../link/hub-error.ts';
import { keys } from '../link/keys.ts';
import { useMe, useSetupState } from '../link/queries.ts';
import { signIn } from '../link/requests.ts';
import { InvitationForm } from './invitation-form.tsx';
import { invitationOf } from './invitation-link.ts';
import { SetupForm } from './setup-form.tsx';

/** Lets in who is signed in; an empty building is set up first. */
export function Gate({ children }: { readonly children: ReactNode }) {
  const { t } = useReader();
  const client = useQueryClient();
  const setup = useSetupState();
  const needed = setup.data?.needed;
  const me = useMe(needed === false);
  const [invitation, setInvitation] = useState(() => invitationOf(window.location.hash));

  if (needed === false && invitation !== undefined) {
    const done = () => {
      window.history.replaceState(null, '', '/');
      setInvitation(undefined);
    };
    return <InvitationForm token={invitation} onDone={done} />;
  }
  if (needed === true) return <SetupForm />;
  if (isSignedOut(me.error))
    return <SignInForm signIn={signIn} onSignedIn={(entered) => client.setQueryData(keys.me, entered)} />;
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
