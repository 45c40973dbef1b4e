import type { ResidentView } from '@lockerhub/protocol/http/staff.ts';

/** Lower case and without accents, so that "jose" finds "José". */
function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
}

/** The residents whose unit begins with, or whose name or e-mail has, what was typed. Nothing typed: none. */
export function matchingResidents(residents: readonly ResidentView[], typed: string): ResidentView[] {
  const wanted = folded(typed.trim());
  if (wanted === '') return [];
  return residents.filter(
    ({ unitName, name, email }) =>
      folded(unitName).startsWith(wanted) ||
      folded(name).includes(wanted) ||
      email?.toLowerCase().includes(wanted),
  );
}
