import { z } from 'zod';
import { CompartmentNumber, Slug } from '../../ids.ts';

/** One door of one bank. */
export const Door = { bank: Slug, compartment: CompartmentNumber };

/** Doors of one bank, as a list in an entry. */
export const Doors = z.array(CompartmentNumber).max(2000);

/** What a case or an outcome says beside its kind, in words. */
export const MAX_DETAIL_CHARACTERS = 200;
