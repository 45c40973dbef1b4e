import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import camera from '../camera/camera.module.css';
import { CameraButton } from '../camera/camera-button.tsx';
import { CameraPad } from '../camera/camera-pad.tsx';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { Field } from '../input/field.tsx';
import { useHeldFocus } from '../input/held-focus.ts';
import { looksLikeTracking } from '../input/tracking.ts';
import { useTerminal } from '../terminal/terminal-context.ts';
import { useProgress } from '../visit/progress.ts';
import { countDone, lastPlaced, type Recipient } from '../visit/screen.ts';
import { useVisit } from '../visit/visit-context.ts';
import classes from './courier.module.css';
import { FreePlaces } from './free-places.tsx';
import { Scanned } from './scanned.tsx';
import { SearchKeys, useKeyLayer } from './search-keys.tsx';

/** A choice is at least so high (a target of 64 px) and so wide that a unit and a name fit, gap included. */
const CHOICE_HEIGHT_PX = 76;
const CHOICE_WIDTH_PX = 240;

/** Whose parcel is it? Units and names as one types; a scanned label is kept with the parcel. */
export function RecipientSearch() {
  const { hub } = useTerminal();
  const { view, act, busy, problem, local, setLocal, tracking, setTracking } = useVisit();
  const { t } = useTranslation('kiosk');
  const field = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState('');
  const [layer, nextLayer] = useKeyLayer();
  useHeldFocus(field);
  const found = useRecipients(view.visit, query);
  const isFirst = countDone(view) === 0;
  const title = isFirst ? t('recipient.title') : t('recipient.titleNext');

  const choose = (recipient: Recipient) => setLocal({ recipient, label: null, labelLost: false });
  const notFound = { unit: null, unitName: '', resident: null, label: t('recipient.unknown') };
  // One label a parcel: the camera goes off once it has read it, and comes on again at the next one.
  const isByCamera = local.byCamera && tracking === null;
  const keys = isByCamera ? 'digits' : layer;
  const scanned = (text: string) => {
    setTracking(text.replace(/\s/g, ''));
    setQuery('');
  };
  const scanAgain = () => {
    setTracking(null);
    setLocal({ byCamera: true });
  };
  const submit = () => {
    const text = query.trim();
    if (looksLikeTracking(text)) scanned(text);
    else if (text) void found.refetch({ cancelRefetch: false }).then(({ data = [] }) => chooseOnly(data));
  };
  // Fingers are quicker than answers: Enter counts for what was typed, also when nobody is shown for it yet.
  const chooseOnly = ([only, ...others]: readonly Recipient[]) => {
    if (only && others.length === 0) choose(only);
  };

  return (
    <Frame
      who={useProgress()}
      says={title}
      busy={busy}
      onBack={isFirst ? () => void act(() => hub.tell(view.visit, 'end'), 'repeatedly') : undefined}
      back={t('cancel')}
      corner={
        isFirst ? undefined : (
          <Choice
            as="main"
            small
            disabled={busy}
            onChoose={() => void act(() => hub.tell(view.visit, 'end'), 'repeatedly')}
          >
            {t('finish')}
          </Choice>
        )
      }
    >
      <Question spare={keys !== 'digits'}>{title}</Question>
      <div
        className={classes.search}
        data-keys={keys === 'digits' ? 'digits' : 'letters'}
        data-camera={isByCamera}
      >
        <form
          className={classes.finding}
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <div className={camera.beside}>
            <Field
              ref={field}
              label={t('recipient.search')}
              value={query}
              onChange={setQuery}
              keys={keys === 'digits' ? 'none' : 'text'}
              icon={<IconSearch size={28} />}
            />
            {!isByCamera && <CameraButton disabled={busy} onChoose={scanAgain} />}
          </div>
          <ProblemLine error={problem ?? found.error} />
          <Scanned />
          {query.trim() === '' ? (
            <>
              <Saying>{t('recipient.hint')}</Saying>
              {isFirst && <FreePlaces />}
              <LastPlaced />
            </>
          ) : (
            <Found
              found={found.data ?? []}
              query={query}
              beside={keys !== 'digits'}
              isSettled={found.isSuccess && !found.isPlaceholderData}
              onChoose={choose}
              onNobody={() => choose(notFound)}
            />
          )}
        </form>
        {isByCamera ? (
          <CameraPad
            wanted="label"
            before={local.lastRead}
            onRead={(text) => {
              setLocal({ lastRead: text });
              scanned(text);
            }}
            onKeys={() => setLocal({ byCamera: false })}
          />
        ) : (
          <SearchKeys
            layer={layer}
            onLayer={nextLayer}
            onText={(text) => setQuery(query + text)}
            onErase={() => setQuery(query.slice(0, -1))}
          />
        )}
      </div>
    </Frame>
  );
}

function useRecipients(visit: string, query: string) {
  const { hub } = useTerminal();
  const text = query.trim();
  return useQuery({
    queryKey: ['recipients', visit, text],
    queryFn: () => hub.recipients(visit, text),
    enabled: text !== '' && !looksLikeTracking(text),
    placeholderData: keepPreviousData,
    networkMode: 'always',
    // Names of residents don't stay in a kiosk's memory.
    gcTime: 0,
  });
}

interface FoundProps {
  readonly found: readonly Recipient[];
  readonly query: string;
  /** Side by side rather than one below the other. */
  readonly beside: boolean;
  readonly isSettled: boolean;
  readonly onChoose: (recipient: Recipient) => void;
  /** It is none of these. */
  readonly onNobody: () => void;
}

function Found({ found, query, beside, isSettled, onChoose, onNobody }: FoundProps) {
  const { t } = useTranslation('kiosk');
  const { ref, width, height } = useElementSize();
  // As many as fit without scrolling, at least one; who is not among them types one letter more.
  const across = beside ? Math.max(1, Math.floor(width / CHOICE_WIDTH_PX)) : 1;
  const most = across * Math.max(1, Math.floor((height + 12) / CHOICE_HEIGHT_PX));
  if (found.length === 0) {
    if (!isSettled) return null;
    return (
      <>
        <Saying>{t('recipient.none', { query })}</Saying>
        <Choice small onChoose={onNobody}>
          {t('recipient.notListed')}
        </Choice>
      </>
    );
  }
  // "Not in the list" is one of the choices, where there is room for another one than the best.
  const shown = found.slice(0, Math.max(1, most - 1));
  return (
    <>
      <ul className={classes.found} ref={ref}>
        {shown.map((recipient) => (
          <li key={`${recipient.unit}-${recipient.resident}`}>
            <Button
              className={classes.person}
              variant="default"
              radius="lg"
              data-choice="other"
              onClick={() => onChoose(recipient)}
            >
              <span className={classes.unit}>{recipient.unitName}</span>
              {recipient.label}
            </Button>
          </li>
        ))}
        {most > 1 && (
          <li>
            <Button
              className={classes.person}
              variant="default"
              radius="lg"
              data-choice="other"
              onClick={onNobody}
            >
              {t('recipient.notListed')}
            </Button>
          </li>
        )}
      </ul>
      {found.length > shown.length && <Saying>{t('recipient.more')}</Saying>}
    </>
  );
}

/** The parcel before, which may have gone to the wrong person. */
function LastPlaced() {
  const { hub } = useTerminal();
  const { view, act, busy, setLocal } = useVisit();
  const { t } = useTranslation('kiosk');
  const last = lastPlaced(view);
  if (!last) return null;
  const undo = () => {
    setLocal({ takingBack: last.delivery });
    void act(() => hub.tellParcel(view.visit, last.delivery, 'undo'));
  };
  return (
    <p className={classes.last}>
      <span>
        {last.place?.zone
          ? t('recipient.lastInRoom', { unit: last.unitName, zone: last.place.zone })
          : t('recipient.lastIn', { unit: last.unitName, number: last.place?.compartment })}
      </span>
      <Choice small disabled={busy} onChoose={undo}>
        {t('undo')}
      </Choice>
    </p>
  );
}
