package notice

// SelectOpen is what is asked every moment.
const SelectOpen = selectOpen
