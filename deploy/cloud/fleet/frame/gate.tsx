/** Nobody sees a building before they have signed in; then whose buildings they see. */
import { Door } from '@lockerhub/hub/web/frame/door.tsx';
import { SignInForm } from '@lockerhub/hub/web/frame/sign-in-form.tsx';
import { Failed, Loading } from '@lockerhub/hub/web/frame/states.tsx';
import { isSignedOut } from '@lockerhub/hub/web/link/hub-error.ts';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ME, MembershipProvider, useMe } from '../link/queries.ts';
import { signIn } from '../link/requests.ts';
import { InvitationForm } from '../sign-in/invitation-form.tsx';
import { useFleetWords } from '../words/words.ts';
import { OrganisationChoice } from './organisation.ts';

/** Where this browser keeps whose buildings were looked at last. */
const ORGANISATION_KEY = 'lockerhub.organisation';
/** The link of an invitation: its secret stands behind `#`. */
const INVITATION_PATH = '/invitation';

export function Gate({ children }: { readonly children: ReactNode }) {
  const [token, setToken] = useState(invitationInAddress);
  if (token !== null) {
    const leave = () => {
      window.history.replaceState(null, '', '/');
      setToken(null);
    };
    return <InvitationForm token={token} onJoined={leave} />;
  }
  return <SignedIn>{children}</SignedIn>;
}

function invitationInAddress(): string | null {
  const { pathname, hash } = window.location;
  return pathname === INVITATION_PATH && hash.length > 1 ? hash.slice(1) : null;
}

function SignedIn({ children }: { readonly children: ReactNode }) {
  const me = useMe();
  const client = useQueryClient();
  const t = useFleetWords();
  const [chosen, setChosen] = useState(() => window.localStorage.getItem(ORGANISATION_KEY));
  const door = <SignInForm signIn={signIn} onSignedIn={(entered) => client.setQueryData(ME, entered)} />;
  if (me.isPending) {
    return (
      <Door title={t('product')}>
        <Loading rows={3} />
      </Door>
    );
  }
  if (me.isError) {
    if (isSignedOut(me.error)) return door;
    return (
      <Door title={t('product')}>
        <Failed error={me.error} again={() => void me.refetch()} />
      </Door>
    );
  }
  const { organisations } = me.data;
  const membership = organisations.find(({ organisation }) => organisation === chosen) ?? organisations[0];
  // Whoever belongs to none was disabled in the last one.
  if (!membership) return door;
  const choose = (organisation: string) => {
    window.localStorage.setItem(ORGANISATION_KEY, organisation);
    setChosen(organisation);
  };
  return (
    <OrganisationChoice value={choose}>
      <MembershipProvider value={membership}>{children}</MembershipProvider>
    </OrganisationChoice>
  );
}
