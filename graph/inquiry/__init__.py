"""How is the graph asked? The library of questions, the gate every query passes, and who stops one that runs away."""
