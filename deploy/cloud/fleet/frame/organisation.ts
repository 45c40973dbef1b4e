import { createContext, useContext } from 'react';

const ChoiceContext = createContext<(organisation: string) => void>(() => {});

/** Gives everything below it a way to look at another organisation's buildings. */
export const OrganisationChoice = ChoiceContext.Provider;
export const useChooseOrganisation = () => useContext(ChoiceContext);
