/** What the page of updates asks the hub. */
import { type BeginUpdate, RELEASE_PIECE_BYTES, UpdatesView } from '@lockerhub/protocol/http/updates.ts';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../link/ask.ts';
import { HubError } from '../link/hub-error.ts';

const UPDATES = '/api/v1/updates';
/** How the page's state is called in the query cache. */
export const UPDATES_KEY = ['updates'];
/** The updater tells nobody; and while it works the hub comes and goes. */
const ASK_EACH_MS = 2_000;

export const useUpdates = () =>
  useQuery({
    queryKey: UPDATES_KEY,
    queryFn: ({ signal }) => ask({ path: UPDATES, signal }, UpdatesView),
    refetchInterval: ASK_EACH_MS,
    retry: false,
  });

const post = (path: string, body: unknown) =>
  ask({ method: 'POST', path: `${UPDATES}${path}`, body }, UpdatesView);
export const beginUpdate = (body: BeginUpdate) => post('', body);
export const callOff = () => post('/call-off', {});

/** Sends a file piece by piece, from where the hub has it already. `told`: how far it is. */
export async function sendRelease(file: File, told: (view: UpdatesView) => void): Promise<UpdatesView> {
  let view = await post('/file', { bytes: file.size });
  for (;;) {
    told(view);
    if (!view.file) throw new HubError('answer-invalid', 'the hub expects no file; choose it again');
    const { file: name, received } = view.file;
    if (received >= file.size) return view;
    const piece = file.slice(received, received + RELEASE_PIECE_BYTES);
    const path = `${UPDATES}/file/${name}?at=${received}`;
    view = await ask({ method: 'PUT', path, file: piece, type: 'application/octet-stream' }, UpdatesView);
  }
}
