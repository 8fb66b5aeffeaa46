"""Pure: what does this article say?"""
