import type { Practice } from './practice.types.js';

/** Token of the {@link Practice} that this worker runs for. */
export const PRACTICE = Symbol('PRACTICE');

/** The practice of the example. Yours comes from your own tables; the rest of the app does not care. */
export const EXAMPLE_PRACTICE: Practice = {
  services: [
    { name: 'dentist', aliases: ['dental', 'dentistry', 'teeth', 'tooth'] },
    { name: 'general practitioner', aliases: ['gp', 'doctor', 'family doctor', 'physician'] },
    { name: 'physiotherapist', aliases: ['physiotherapy', 'physio', 'physical therapy', 'physical therapist'] },
  ],
  practitioners: [
    { id: 'anna-weber', name: 'Dr. Anna Weber', spokenName: 'Doctor Weber', service: 'dentist' },
    { id: 'tomas-novak', name: 'Dr. Tomas Novak', spokenName: 'Doctor Novak', service: 'dentist' },
    { id: 'ruth-okafor', name: 'Dr. Ruth Okafor', spokenName: 'Doctor Okafor', service: 'general practitioner' },
    { id: 'maya-chen', name: 'Maya Chen', spokenName: 'Maya Chen', service: 'physiotherapist' },
  ],
  openOn: [1, 2, 3, 4, 5],
  periods: [
    { opens: '08:30', closes: '12:30' },
    { opens: '13:30', closes: '18:00' },
  ],
  slotMinutes: 30,
  horizonDays: 90,
};
