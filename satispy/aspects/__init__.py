"""What a review speaks of, clause by clause: delivery, quality, refunds …"""
