"""Pages about suggestions: residents, the handling department, who passed a case on, and the staff's verbs."""
