import re
s=open('/tmp/s/p07/cells.py').read()
s=s.replace("exec(compile(plain_code(c.source)","exec(compile(small(plain_code(c.source))")
s=s.replace("name_={}",'''
import re,numpy as np,io as _io
from helpers import data
W=dict(np.load('/tmp/s/p07/old_data/weights.npz'))
rs=[(2,96),(32,96),(2,96),(32,1),(1,)]
for k,sh in enumerate(rs): W[f'GRU_{k}']=np.zeros(sh,'f4')+.01
np.savez('/tmp/s/p07/tmpdata/weights.npz',**W)
data.shipped=lambda f:(lambda p: open(p,'rb') if False else __import__('pathlib').Path(p))('/tmp/s/p07/tmpdata/'+f.split('/')[-1])
import ast
def small(src):
    for a,b in (('HERE = 12_000','HERE = 1200'),('draw(6000','draw(300'),('draw_kinds(2500','draw_kinds(500'),('np.arange(8000)','np.arange(800)'),('draw_counts(8000','draw_counts(600'),('draw_counts(4000','draw_counts(400'),('20_000','3000'),('TABLE_EVENTS = 10_000','TABLE_EVENTS = 300'),('points": points','points": (3,2)')):
        src=src.replace(a,b)
    t=ast.parse(src)
    class T(ast.NodeTransformer):
        def visit_Assert(self,n): return ast.Pass()
    t=ast.fix_missing_locations(T().visit(t))
    return t
def claim(name,measured,**k): print('claim',name,measured,k.get('says'))
course.claim=claim
''')
open('/tmp/s/p07/cells_tiny.py','w').write(s)
